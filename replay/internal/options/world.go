package options

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/simulate"
	"userscale.dev/userscale/trace"
)

// World is what a replay is like whatever the policy is: the users and the pods, and how they are measured.
type World struct {
	TracePath   string
	Scale       float64       // the trace's values are multiplied by it
	ScaleToPeak float64       // or scaled so that this is the largest; 0: they are not
	SpeedUp     float64       // the trace passes so many times as fast
	Duration    time.Duration // of the trace's beginning that is replayed; 0: all
	Config      simulate.Config
}

// The bounds of what a replay is like.
const (
	maxUsers    = 1e7
	maxDuration = 31 * 24 * time.Hour
)

// World defines the flags of a world, which has their defaults already.
func (p *Parser) World(w *World) {
	*w = World{Scale: 1, SpeedUp: 1, Config: simulate.Defaults()}
	c := &w.Config
	p.Check(func() error { return w.together(p) })
	p.In("trace", "a CSV file, t_seconds,value", &w.TracePath)
	p.Number("scale", &w.Scale, 1e-6, 1e6)
	p.Number("scale-to-peak", &w.ScaleToPeak, 1e-3, maxUsers)
	p.Number("speed-up", &w.SpeedUp, 1e-3, 1e3)
	p.Duration("duration", &w.Duration, time.Second, maxDuration)
	p.Seed("seed", &c.Seed)
	p.Choice("noise", func(s string) { c.Poisson = s == "poisson" }, "none", "poisson")

	p.Duration("pod-start", &c.Pods.Start, 0, time.Hour)
	p.Duration("pod-pending", &c.Pods.Pending, 0, time.Hour)
	p.Duration("drain", &c.Pods.Drain, 0, time.Hour)
	p.Number("pod-capacity", &c.Pods.Capacity, 1e-3, maxUsers)
	p.Number("cpu-request", &c.CPURequest, 1, 1e6)
	p.Number("cpu-idle", &c.Pods.IdleCPU, 0, 1e6)
	p.Number("cpu-per-user", &c.Pods.UserCPU, 0, 1e6)
	p.Number("gpu-idle", &c.Pods.IdleGPU, 0, 100)
	p.Number("gpu-per-user", &c.Pods.UserGPU, 0, 100)
	p.whole32("initial", &c.Initial, 1, policy.MostPods)

	p.Share("scrape-loss", &c.Scrapes.Loss)
	p.Duration("cpu-resolution", &c.Scrapes.CPUResolution, time.Second, time.Hour)
	p.Duration("cpu-delay", &c.Scrapes.CPUDelay, 0, time.Hour)
	p.Duration("gpu-refresh", &c.Scrapes.GPURefresh, 100*time.Millisecond, time.Hour)
	p.Duration("prometheus-interval", &c.Scrapes.Prometheus, time.Second, time.Hour)
	p.Duration("rolling-update", &c.RollingUpdate, time.Second, maxDuration)
	p.Duration("adapter-restart", &c.AdapterRestart, time.Second, maxDuration)
	p.Duration("adapter-outage", &c.AdapterOutage, 0, maxDuration)

	p.controller(&c.Controller)
}

func (p *Parser) whole32(name string, to *int32, least, most int64) {
	p.Value(name, fmt.Sprintf("a whole number from %d to %d", least, most), func(s string) bool {
		n, err := strconv.ParseInt(s, 10, 32)
		*to = int32(n)
		return err == nil && n >= least && n <= most
	})
}

// together says which flags do not go with others, or not without.
func (w *World) together(p *Parser) error {
	var errs []error
	if p.Given("scale") && p.Given("scale-to-peak") {
		errs = append(errs, errors.New("--scale and --scale-to-peak: allowed: one of them"))
	}
	if p.Given("adapter-outage") && !p.Given("adapter-restart") {
		errs = append(errs, errors.New("--adapter-outage: allowed: with --adapter-restart"))
	}
	if pods := w.Config.Pods; p.Given("pod-pending") && pods.Pending > pods.Start {
		errs = append(errs, fmt.Errorf("--pod-pending %s: allowed: at most --pod-start, %s", short(pods.Pending), short(pods.Start)))
	}
	return errors.Join(errs...)
}

// Load reads the trace, and returns what is replayed.
func (w *World) Load() (simulate.Config, error) {
	c := w.Config
	t, err := trace.ReadFile(w.TracePath)
	if err != nil {
		return c, err
	}
	c.Trace = w.TracePath
	if c.Users, err = w.users(t); err != nil {
		return c, err
	}
	return c, errors.Join(within("rolling-update", c.RollingUpdate, len(c.Users)), within("adapter-restart", c.AdapterRestart, len(c.Users)))
}

// within checks that something happens before the end.
func within(flag string, at time.Duration, seconds int) error {
	if end := time.Duration(seconds) * time.Second; at >= end {
		return fmt.Errorf("--%s %s: allowed: before the end of what is replayed, %s", flag, short(at), short(end))
	}
	return nil
}

// users is the trace's level in each second, its mean over that second where it changes within.
func (w *World) users(t *trace.Trace) ([]float64, error) {
	length := time.Duration(float64(t.Length()) / w.SpeedUp)
	if w.Duration > 0 {
		length = min(length, w.Duration)
	}
	if length > maxDuration {
		return nil, fmt.Errorf("trace %s: lasts %v: allowed: at most %v, see --speed-up and --duration", w.TracePath, length, short(maxDuration))
	}
	scale := w.Scale
	if w.ScaleToPeak > 0 {
		peak := 0.0
		for _, v := range t.Values {
			peak = max(peak, v)
		}
		if peak == 0 {
			return nil, fmt.Errorf("trace %s: --scale-to-peak: allowed: a trace with a value above 0", w.TracePath)
		}
		scale = w.ScaleToPeak / peak
	}
	step := t.Step.Seconds() / w.SpeedUp
	users := make([]float64, int(math.Ceil(length.Seconds())))
	for s := range users {
		users[s] = scale * mean(t.Values, float64(s)/step, float64(s+1)/step)
		if users[s] > maxUsers {
			return nil, fmt.Errorf("trace %s: %g users in second %d: allowed: at most %g, see --scale and --scale-to-peak", w.TracePath, users[s], s, maxUsers)
		}
	}
	return users, nil
}

// mean is the mean of a staircase between two places, each value being one wide; after the last one it is 0.
func mean(values []float64, from, to float64) float64 {
	sum := 0.0
	for i := int(from); i < len(values) && float64(i) < to; i++ {
		sum += values[i] * (min(to, float64(i+1)) - max(from, float64(i)))
	}
	return sum / (to - from)
}
