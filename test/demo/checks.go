package main

import (
	"fmt"
	"math"
	"strings"

	"userscale.dev/userscale/test/observe"
	"userscale.dev/userscale/test/summary"
)

// lowerBand is the share of its target below which every signal must be before a scale-in: 1 − scaleDown.tolerance.
const lowerBand = 0.7

func stays(v view, want int32) summary.Check {
	c := summary.Check{Name: "no rescale", Want: fmt.Sprintf("%d", want), Unit: "replicas"}
	var seen []string
	for _, r := range v.rescales {
		seen = append(seen, fmt.Sprintf("%d→%d (%s)", r.From, r.To, r.Reason))
	}
	c.OK = len(seen) == 0 && v.last().Desired == want
	c.Got = strings.Join(append(seen, fmt.Sprintf("%d", v.last().Desired)), ", ")
	return c
}

func near(v view, name string, want, within float64) summary.Check {
	got, served := v.last().Smoothed[observe.Users]
	return summary.Check{
		Name: name, Want: fmt.Sprintf("%.0f ± %.0f %%", want, 100*within), Got: fmt.Sprintf("%.1f", got), Unit: "users",
		OK: served && math.Abs(got-want) <= within*want,
	}
}

func reaches(v view, least, most int32) summary.Check {
	got := v.last().Ready
	want := fmt.Sprintf("%d", least)
	if most != least {
		want = fmt.Sprintf("%d to %d", least, most)
	}
	return summary.Check{Name: "ready", Want: want, Got: fmt.Sprintf("%d", got), Unit: "pods", OK: got >= least && got <= most}
}

func neverAbove(v view, limit int32) summary.Check {
	peak := observe.Highest(v.observations)
	return summary.Check{Name: "desired never above", Want: fmt.Sprintf("≤ %d", limit), Got: fmt.Sprintf("%d", peak), Unit: "replicas", OK: peak <= limit}
}

func scaledBy(v view, metric string) summary.Check {
	seen, ok := observe.ScaledBy(v.rescales, metric)
	return summary.Check{Name: "scaled out by " + metric, Want: metric + " alone above its target", Got: seen, OK: ok}
}

func steps(v view, s settings) summary.Check {
	seen, ok := observe.StepsWithin(v.rescales, s.stepUp, s.stepDown)
	return summary.Check{Name: "step limits hold", Want: fmt.Sprintf("at most +%d, −%d per 15 s", s.stepUp, s.stepDown), Got: seen, Unit: "replicas", OK: ok}
}

func allBelowTheirBands(v view) summary.Check {
	seen, ok := observe.BelowBands(v.rescales, lowerBand)
	return summary.Check{Name: "scale-in only below every lower band", Want: fmt.Sprintf("every signal < %.0f %% of its target", 100*lowerBand), Got: seen, OK: ok}
}
