package options

// commandsUsage is the part of --help on what the commands add.
const commandsUsage = `
Reports (run, compare, search), besides the text on stdout
  --json FILE, --csv FILE, --html FILE    the page is one file that needs no network

replay compare: policies with the same seeds, beside each its iso-cost control
  --policy NAME=HPA.yaml[,ADAPTER.yaml]   once for each policy; required
  --seeds N          runs of each, from --seed on (default 5)
  --controls KIND    iso-cost, the raw signal at the target at which it costs as many pod-hours, or none (default iso-cost)

replay search: runs every combination of these lists and shows the Pareto front; what has no list stays as it is
  --rise LIST, --fall LIST    half-lives of the smoothing, as 0s,10s,30s
  --alpha LIST       or alpha, both directions
  --target LIST      of the first metric that the adapter smooths
  --window LIST      the stabilisation of scale-in
  --seeds N          runs of each (default 3)
  --most-runs N      in all (default 1000)

replay record: makes a trace; Ctrl-C ends it early, and what was recorded is written
  --out FILE         must not be there yet; required
  --step D, --duration D      between values, and of the whole (default 1s and 1h)
  --hold D           for how long a value stands in for missing ones before recording ends (default 15s)
  --selector SELECTOR         from a live cluster: the total of a metric of these pods, asked for each step
  --metric NAME      of them (default active_users_raw; one that is smoothed would be smoothed twice)
  --namespace NAME, --kubeconfig FILE     as kubectl has them
  --prometheus URL, --query PROMQL        or from a Prometheus's past: one series
  --until TIME       where it ends, as 2026-01-31T12:00:00Z (default now)
  --http-config FILE          credentials and TLS in Prometheus' own form

replay verify: replays the recording of a live HPA, at the moments at which it was at work, and compares each decision
  --recording FILE   JSON lines; required
  --json FILE        {"ok": ..., "checks": [...]}
`
