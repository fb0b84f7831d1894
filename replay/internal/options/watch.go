package options

import "time"

// Watch is what to record a run of.
type Watch struct {
	Out                        string
	HPA, Namespace, Kubeconfig string
	Config                     string // the adapter's configuration
	Length                     time.Duration
	Hold                       time.Duration // for how long there may be no answer
}

// Parse reads the command line.
func (w *Watch) Parse(args []string) error {
	p := NewParser()
	w.flags(p)
	return p.Parse(args, "hpa", "out")
}

func (w *Watch) flags(p *Parser) {
	*w = Watch{Length: 15 * time.Minute, Hold: 15 * time.Second}
	p.Text("out", "a file to write", &w.Out)
	p.Text("hpa", "the name of an HPA", &w.HPA)
	p.Text("namespace", "a namespace", &w.Namespace)
	p.Text("kubeconfig", "a file", &w.Kubeconfig)
	p.In("config", "a file with an AdapterConfiguration", &w.Config)
	p.Duration("duration", &w.Length, time.Second, maxDuration)
	p.Duration("hold", &w.Hold, time.Second, time.Hour)
}

// watchUsage is the part of --help on the command.
const watchUsage = `
replay watch: records a run of a live HPA: its pods, what the adapter measures of them, their CPU, and what the HPA decides; Ctrl-C
ends it early, and what was recorded is written
  --hpa NAME         required
  --out FILE         must not be there yet; required
  --config FILE      the running adapter's AdapterConfiguration, with what its environment overrides (default: the shipped one)
  --duration D       of the whole (default 15m)
  --hold D           for how long there may be no answer before recording ends (default 15s)
  --namespace NAME, --kubeconfig FILE     as kubectl has them
`
