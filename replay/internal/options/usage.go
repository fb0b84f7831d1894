package options

// Usage is the whole of --help.
const Usage = `replay runs an autoscaling policy through a recorded load in virtual time: Kubernetes' own HPA controller, fed by the adapter's own
store, over pods and users that are a model.

  replay [run] --trace T.csv --hpa hpa.yaml [--config adapter.yaml] [flags]
`
