package options

// Usage is the whole of --help.
const Usage = `loadgen sends load to the demo workload and counts everything that comes back.

  loadgen --scenario matrix|stream|gpu --target URL [flags]

What to ask for
  --scenario NAME    matrix (/matrix: CPU), stream (/stream: users) or gpu (/gpu_job: GPU); required
  --target URL       the workload, http://HOST[:PORT][/PATH]; required
  --size N           matrix: rows and columns (default 300)
  --stream-ms N      stream: how long an answer lasts, in milliseconds (default 2000)
  --work-ms N        gpu: how much GPU time a job takes, in milliseconds (default 1000)
                     (each of these is used by its own scenario only)

How much of it
  --concurrency N    closed loop: N users, each starting its next request when its last is answered (default 10)
                     with --rate: the most requests in flight; those beyond, or over 1s late at the end, count as not_sent
                     (default 10000)
  --rate R           open loop: R arrivals per second, evenly spaced, whether or not answers come (default 0: closed loop);
                     latency then counts from when a request was due
  --duration D       no request is due later than this (default 60s, at most 24h); those in flight may finish
  --ramp D           closed loop: spread the users' starts evenly over this time (default 0s: all at once, so that
                     requests of one length keep ending all at once)
  Durations are 90s, 1m30s, 500ms, or bare seconds: 90.

How
  --keepalive        reuse connections; without it every request opens its own, since a Kubernetes Service balances
                     connections, not requests
  --timeout D        of a request, to the last byte of its answer (default 30s, and on top what stream or gpu asks for)
  --json FILE        write the result as JSON too; - is stdout, and the summary for people then goes to stderr

After a request without any answer (refused, reset, timed out …) its user waits 100ms before the next one. Redirects are not
followed, proxies in the environment are not used. Progress goes to stderr: every second on a terminal, otherwise every 5s;
its rate and percentiles are of the last 5s. Ctrl-C (or SIGTERM) ends the load at once: requests in flight count as cut off,
neither success nor error, and the summary still comes.

The rate at the end is requests per second from the start to the end of the last request.
Errors are counted by kind: status_NNN (an answer other than 2xx), refused, timeout, reset (or closed early), dns,
unreachable, tls, no_ports and no_files (this machine ran out), not_sent, other.

Exit codes
  0  at least one request succeeded and none failed (also after Ctrl-C)
  1  some requests failed, none succeeded, or the result could not be written
  2  the command line is wrong; nothing was sent
  (go run makes 1 of every failure)

Examples
  loadgen --scenario stream --target http://127.0.0.1:8000 --concurrency 100 --ramp 10s --duration 2m
  loadgen --scenario matrix --target http://127.0.0.1:8000 --concurrency 4 --size 500 --duration 60 --json out.json
  loadgen --scenario gpu --target http://127.0.0.1:8000 --rate 2.5 --work-ms 400 --json - | jq .errorsByKind
`
