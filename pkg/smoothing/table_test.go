package smoothing

import (
	"fmt"
	"go/parser"
	"go/token"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// TestTableInPackageComment drives the code with a ramp, a step and white noise, and looks for what it measures in the package
// comment. Where they differ, the comment is wrong.
func TestTableInPackageComment(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "estimator.go", nil, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if want := table(t); !strings.Contains(file.Doc.Text(), want) {
		t.Errorf("the comment of package smoothing does not have this table:\n\n%s", want)
	}
}

// TestFormulasInPackageComment holds what is measured against what the comment derives.
func TestFormulasInPackageComment(t *testing.T) {
	for _, half := range []time.Duration{5 * time.Second, 10 * time.Second, 60 * time.Second} {
		h := HalfLives{Rise: half, Fall: half}
		alpha := h.Alpha(Reference)
		_, variance := noise(h, Reference)
		for _, c := range []struct {
			name      string
			got, want float64
		}{
			{"lag on a ramp", rampLag(h, 1).Seconds(), half.Seconds() / math.Ln2},
			{"90 % of a step", stepTime(h, 1).Seconds(), half.Seconds() * math.Log2(10)},
			{"variance of noise", variance, alpha / (2 - alpha)},
		} {
			if math.Abs(c.got-c.want) > 0.01 {
				t.Errorf("half-life %v: %s is %v, want %v", half, c.name, c.got, c.want)
			}
		}
	}
}

func table(t *testing.T) string {
	var text strings.Builder
	text.WriteString(row("setting", "lag on a ramp", "90 % of a step", "noise, 1 s", "noise, 5 s", "its mean"))
	for _, half := range []time.Duration{5 * time.Second, 10 * time.Second, 30 * time.Second, 60 * time.Second} {
		text.WriteString(measure(fmt.Sprintf("half-life %.0f s", half.Seconds()), HalfLives{Rise: half, Fall: half}))
	}
	for _, alpha := range []float64{0.1, 0.3, 0.5} {
		h, err := FromAlpha(alpha, Reference)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(measure(fmt.Sprintf("alpha %v per 5 s", alpha), h))
	}
	text.WriteString(measure("10 s up, 60 s down", HalfLives{Rise: 10 * time.Second, Fall: 60 * time.Second}))
	return text.String()
}

func row(columns ...string) string {
	var text strings.Builder
	for _, c := range columns[:len(columns)-1] {
		fmt.Fprintf(&text, "%-20s", c)
	}
	return "\t" + text.String() + columns[len(columns)-1] + "\n"
}

func measure(name string, h HalfLives) string {
	each := func(of func(HalfLives, float64) time.Duration) string {
		up, down := of(h, 1).Seconds(), of(h, -1).Seconds()
		if h.Rise == h.Fall {
			return fmt.Sprintf("%.1f s", up)
		}
		return fmt.Sprintf("%.1f, %.1f s", up, down)
	}
	mean, second := noise(h, time.Second)
	_, fifth := noise(h, Reference)
	return row(name, each(rampLag), each(stepTime),
		fmt.Sprintf("%.3f", second), fmt.Sprintf("%.3f", fifth), fmt.Sprintf("%.1f σ", mean))
}

const fine = 10 * time.Millisecond // close to continuous

// rampLag is how far behind a ramp of sign per second the state settles.
func rampLag(h HalfLives, sign float64) time.Duration {
	e, dt, end := seeded(h, 0), time.Duration(0), 20*max(h.Rise, h.Fall)
	for dt < end {
		dt += fine
		e.Step(sign*dt.Seconds(), epoch.Add(dt))
	}
	return time.Duration((dt.Seconds() - sign*e.Value()) * float64(time.Second))
}

// stepTime is how long the state takes for 90 % of a step from 0 to sign.
func stepTime(h HalfLives, sign float64) time.Duration {
	e, dt := seeded(h, 0), time.Duration(0)
	for sign*e.Value() < 0.9 {
		dt += fine
		e.Step(sign, epoch.Add(dt))
	}
	return dt
}

// noise returns the mean and the variance of the state under white noise with mean 0 and variance 1, sampled each interval. For a
// linear filter they are 0 and the sum of its squared impulse response. An asymmetric one is not linear, so it gets Gaussian noise.
func noise(h HalfLives, interval time.Duration) (mean, variance float64) {
	e, at, sum := seeded(h, 0), epoch, 0.0
	if h.Rise == h.Fall {
		for x := 1.0; at.Sub(epoch) < 40*h.Rise; x = 0 {
			at = at.Add(interval)
			e.Step(x, at)
			sum += e.Value() * e.Value()
		}
		return 0, sum
	}
	const samples = 2_000_000
	r := rand.New(rand.NewPCG(1, 2))
	for range samples {
		at = at.Add(interval)
		e.Step(r.NormFloat64(), at)
		mean += e.Value() / samples
		sum += e.Value() * e.Value() / samples
	}
	return mean, sum - mean*mean
}
