package smoothing

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestTraces runs the traces in testdata/traces, which are there to be read. `go test ./pkg/smoothing -run TestTraces -rewrite` writes what
// the code gives into them; what changed is then to be judged.
//
// A trace begins with `estimator rise= fall= max-step=` or `counter max-gap=`. Then `step` and `rate` take lines of a time since the
// start and a value. A line of `step` shows the state after it, one of `rate` the rate, or – where there is none.
func TestTraces(t *testing.T) {
	datadriven.Walk(t, "testdata/traces", func(t *testing.T, path string) {
		var e Estimator
		var c Counter
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "estimator":
				e = Estimator{HalfLives: HalfLives{Rise: argument(t, d, "rise"), Fall: argument(t, d, "fall")}, MaxStep: argument(t, d, "max-step")}
				return ""
			case "counter":
				c = Counter{MaxGap: argument(t, d, "max-gap")}
				return ""
			case "step":
				return each(t, d, func(x float64, at time.Time) string {
					if !e.Seeded() {
						e.Seed(x, at)
					}
					e.Step(x, at)
					return fmt.Sprintf("%.3f", e.Value())
				})
			case "rate":
				return each(t, d, func(value float64, at time.Time) string {
					if rate, ok := c.Rate(value, at); ok {
						return fmt.Sprintf("%.3f", rate)
					}
					return "–"
				})
			default:
				d.Fatalf(t, "unknown command")
				return ""
			}
		})
	})
}

func argument(t *testing.T, d *datadriven.TestData, name string) time.Duration {
	text := "0s"
	d.MaybeScanArgs(t, name, &text)
	return duration(t, d, text)
}

func duration(t *testing.T, d *datadriven.TestData, text string) time.Duration {
	dt, err := time.ParseDuration(text)
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	return dt
}

func each(t *testing.T, d *datadriven.TestData, do func(float64, time.Time) string) string {
	var out strings.Builder
	for line := range strings.Lines(d.Input) {
		var since string
		var value float64
		if _, err := fmt.Sscan(line, &since, &value); err != nil {
			d.Fatalf(t, "line %q: %v", line, err)
		}
		fmt.Fprintf(&out, "%6s %6v  %9s\n", since, value, do(value, epoch.Add(duration(t, d, since))))
	}
	return out.String()
}
