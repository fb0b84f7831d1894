package options

// Usage is the whole of --help.
const Usage = `replay runs an autoscaling policy through a recorded load in virtual time: Kubernetes' own HPA controller, fed by the adapter's own
store, over pods and users that are a model (docs/replay-model.md). A day takes seconds.

  replay [run] --trace T.csv --hpa HPA.yaml [--config ADAPTER.yaml] [flags]
  replay compare --trace T.csv --policy NAME=HPA.yaml[,ADAPTER.yaml] --policy ... [flags]
  replay search --trace T.csv --hpa HPA.yaml [--config ADAPTER.yaml] --rise LIST --target LIST ... [flags]
  replay record --out T.csv --selector SELECTOR | --prometheus URL --query PROMQL [flags]
  replay watch --hpa NAME --out RUN.jsonl [--config ADAPTER.yaml] [flags]
  replay verify --recording RUN.jsonl [--json FILE] [flags of the HPA controller]

Policy
  --hpa FILE         the HorizontalPodAutoscaler, autoscaling/v2; of a file with more objects, the one that is in it; required
  --config FILE      the AdapterConfiguration (default: the shipped one); environment variables do not override it here
` + worldUsage + commandsUsage + watchUsage + endUsage

// worldUsage is the part of --help on what a replay is like, whatever the policy.
const worldUsage = `
Load
  --trace FILE       CSV, t_seconds,value: users at even steps, each value holding for one; required
  --scale X          multiply its values by X (default 1)
  --scale-to-peak N  or so that the largest is N
  --speed-up X       let it pass X times as fast (default 1)
  --duration D       replay only its beginning (default: all)
  --noise KIND       none, or poisson: each second's users are drawn with the trace's value as their mean (default none)
  --seed N           of all that is drawn: noise, lost scrapes, and when what recurs happens first; the same seed gives the same
                     output, byte for byte (default 0)

Pods
  --initial N        how many there are at the beginning (default: what the policy makes of the first second's users)
  --pod-start D      from a pod's creation until it is ready (default 1m)
  --pod-pending D    the part of it before its container runs (default 2s)
  --drain D          how long a pod that is deleted keeps its users (default 30s)
  --pod-capacity N   users that one pod serves (default 12)
  --cpu-request M    millicores that a pod requests (default 200)
  --cpu-idle M, --cpu-per-user M    millicores that it uses, with nobody and for each user it serves (default 0 and 10)
  --gpu-idle P, --gpu-per-user P    percent of a GPU likewise (default 0 and 7), where the configuration has a dcgm metric

What goes wrong, and when
  --scrape-loss P    share of the scrapes of pods that time out, as 1% (default 0)
  --rolling-update AT        one begins AT into the trace, a pod at a time
  --adapter-restart AT       the adapter is replaced by one that has forgotten everything
  --adapter-outage D         how long there is none in between (default 0s: the old one answers until the new one can)

How CPU and GPU are measured
  --cpu-resolution D         of metrics-server (default 15s)
  --cpu-delay D              from a kubelet's measurement until metrics-server serves it (default 5s)
  --gpu-refresh D            of dcgm-exporter (default 30s)
  --prometheus-interval D    between a Prometheus' scrapes, where the configuration asks one (default 15s)

The HPA controller's own settings, with its defaults
  --sync-period 15s  --downscale-stabilization 5m  --tolerance 0.1  --cpu-initialization-period 5m  --initial-readiness-delay 30s

Durations are 90s, 1m30s or 500ms.
`

const endUsage = `
Exit codes
  0  done
  1  interrupted, or the result could not be written; verify: the replay did something else; watch: the recording ended by an error
  2  the command line, or a file that it names, is wrong; the message says where, and what is allowed

Examples
  replay --trace day.csv --hpa manifests/base/workload/hpa.yaml --config manifests/base/adapter/adapter.yaml
  replay --trace worldcup.csv --scale-to-peak 95 --duration 24h --hpa hpa.yaml --noise poisson --seed 3 --pod-start 2m
  replay compare --trace day.csv --policy now=hpa.yaml --policy new=new.yaml --seeds 20 --html compared.html
  replay search --trace day.csv --hpa hpa.yaml --rise 0s,10s,30s --fall 30s,1m,5m --target 8,10,12
  replay record --out day.csv --prometheus http://prometheus:9090 --query 'sum(active_users)' --step 10s --duration 24h
  replay watch --namespace shop --hpa web --config adapter.yaml --duration 1h --out run.jsonl
  replay verify --recording run.jsonl --json verified.json
  replay --trace flat.csv --hpa hpa.yaml --rolling-update 10m --adapter-restart 20m --adapter-outage 40s --scrape-loss 1%
`
