package options

// Usage is the whole of --help.
const Usage = `loadgen sends load to the demo workload and counts everything that comes back.

  loadgen --scenario matrix|stream|gpu --target URL [flags]
  loadgen report A.json [B.json] [--html FILE]     shows a stored result, or two side by side; loadgen report --help

What to ask for
  --scenario NAMES   matrix (/matrix: CPU), stream (/stream: users) or gpu (/gpu_job: GPU), or several of them with weights:
                     matrix=3,stream=1; required
  --target URL       the workload, http://HOST[:PORT][/PATH]; required
  --size N           matrix: rows and columns (default 300)
  --stream-ms N      stream: how long an answer lasts, in milliseconds (default 2000)
  --work-ms N        gpu: how much GPU time a job takes, in milliseconds (default 1000)
                     (each of these is used by its own scenario only)

How much of it: either so many users, who wait for their answers (closed loop) ...
  --users PROFILE    how many there are (default 10)
  --concurrency N    the same, as a plain number
  --ramp D           with a plain number: spread the users' starts evenly over this time (default 0s: all at once, so that
                     requests of one length keep ending all at once)
  --think T          how long a user pauses after an answer: 2s, uniformly from 1s..3s, or exponentially with a mean, exp:2s
                     (default 0s)
... or so many arrivals per second, whether or not answers come (open loop); latency then counts from when a request was due
  --rate PROFILE     how many (default 0: closed loop)
  --arrivals KIND    even, or poisson: independent of each other (default even)
  --concurrency N    the most requests in flight; those beyond, or over 1s late at the end, count as not_sent (default 10000)
  --users N          each arrival is one of so many users, drawn evenly (default 1)

A PROFILE is one of
  50                         that many all the time
  ramp:0..500/30s            from 0 to 500 in 30s, then 500
  step:10,50,20/1m           10 for 1m, 50 for 1m, then 20
  sine:50..150/60s           swings between 50 and 150, once in 60s, from their mean up
  spike:10..500@30s/5s       10, but 500 from 30s on for 5s
  trace:FILE                 a CSV file t_seconds,value with even steps: each value holds for a step; then there is no load,
                             and --duration is by default just that long
  --speed X          play the profile X times as fast; levels stay as they are (default 1)
  --scale X          multiply its levels by X (default 1)

How long
  --duration D       no request is due later than this (default 60s, at most 24h); those in flight may finish
  --count N          at most N requests, whichever comes first (default: no such bound)
  --warm-up D        latencies of what is due before this is over stay out of the summary (default 0s)
  Durations are 90s, 1m30s, 500ms, or bare seconds: 90.

How
  --keepalive        reuse connections; without it every request opens its own, since a Kubernetes Service balances
                     connections, not requests
  --user-key WHERE   tell whose request it is: in the header X-User-ID, or the cookie user_id (default none)
  --seed N           of all that is drawn: arrivals, pauses, users, scenarios; the same seed draws the same (default 1)
  --timeout D        of a request, to the last byte (default 30s, and on top what stream or gpu asks for)
  --json FILE        write the result as JSON too, with every second of the run
  --csv FILE         write every second of the run as CSV too
  --html FILE        write a page with plots too, which needs no network
                     one of these FILEs may be -: stdout; the summary for people then goes to stderr

After a request without any answer (refused, reset, timed out ...) its user waits at least 100ms before the next one. Redirects
are not followed, proxies in the environment are not used. Progress goes to stderr: every second on a terminal, otherwise every
5s; its rate and percentiles are of the last 5s. Ctrl-C (or SIGTERM) ends the load at once: requests in flight count as cut off,
neither success nor error, and the summary still comes. A second Ctrl-C ends the program the hard way.

The rate at the end is requests per second from the start to the end of the last request. docs/load.md defines all of it.
Errors are counted by kind: status_NNN (an answer other than 2xx), refused, timeout, reset (or closed before an answer),
truncated (closed within it), malformed (not HTTP), dns, unreachable, tls, no_ports and no_files (this machine ran out),
not_sent, other.

Exit codes
  0  at least one request succeeded and none failed (also after Ctrl-C)
  1  some requests failed, none succeeded, or the result could not be written
  2  the command line is wrong; nothing was sent
  (go run makes 1 of every failure)

Examples
  loadgen --scenario stream --target http://127.0.0.1:8000 --concurrency 100 --ramp 10s --duration 2m
  loadgen --scenario matrix --target http://127.0.0.1:8000 --concurrency 4 --size 500 --duration 60 --json out.json
  loadgen --scenario gpu --target http://127.0.0.1:8000 --rate 2.5 --work-ms 400 --json - | jq .errorsByKind
  loadgen --scenario matrix=3,stream=1 --target http://127.0.0.1:8000 --users sine:10..50/60s --think exp:2s --user-key header
  loadgen --scenario matrix --target http://127.0.0.1:8000 --rate spike:20..200@30s/10s --arrivals poisson --warm-up 5s --keepalive
`
