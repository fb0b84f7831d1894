package options

import (
	"time"

	"userscale.dev/userscale/replay/internal/simulate"
)

// Verify is which recording to replay, and what the controller was told that ran then.
type Verify struct {
	Recording, JSON string
	Controller      simulate.Controller
}

// Parse reads the command line.
func (v *Verify) Parse(args []string) error {
	p := NewParser()
	v.flags(p)
	return p.Parse(args, "recording")
}

func (v *Verify) flags(p *Parser) {
	*v = Verify{Controller: simulate.Defaults().Controller}
	p.In("recording", "a file with a recording", &v.Recording)
	p.Out("json", &v.JSON)
	p.controller(&v.Controller)
}

// controller defines the flags of the HPA controller.
func (p *Parser) controller(c *simulate.Controller) {
	p.Duration("sync-period", &c.SyncPeriod, time.Second, time.Hour)
	p.Duration("downscale-stabilization", &c.DownscaleStabilization, 0, 24*time.Hour)
	p.Number("tolerance", &c.Tolerance, 0, 10)
	p.Duration("cpu-initialization-period", &c.CPUInitializationPeriod, 0, 24*time.Hour)
	p.Duration("initial-readiness-delay", &c.InitialReadinessDelay, 0, 24*time.Hour)
}
