package score

import "userscale.dev/userscale/replay/internal/timeline"

// Measure is one of the scores, to go through them all.
type Measure struct {
	Key  string // its name in JSON and CSV, unit included
	Name string // for people
	Unit string
	Of   func(Scores) Value
}

// Measures are all scores, in the order in which they are shown. Of all but user-hours and steps, which tell what was demanded, less is better.
func Measures() []Measure {
	known := func(of func(Scores) float64) func(Scores) Value {
		return func(s Scores) Value { return timeline.Known(of(s)) }
	}
	return []Measure{
		{"unserved_percent", "unserved load", "%", known(func(s Scores) float64 { return s.Unserved })},
		{"pod_hours", "pod-hours", "h", known(func(s Scores) float64 { return s.PodHours })},
		{"pod_starts_per_hour", "pod starts", "/h", known(func(s Scores) float64 { return s.PodStarts })},
		{"scaling_events", "scaling events", "", known(func(s Scores) float64 { return s.Scalings })},
		{"theta_u_percent", "θU", "%", known(func(s Scores) float64 { return s.UnderAmount })},
		{"theta_o_percent", "θO", "%", known(func(s Scores) float64 { return s.OverAmount })},
		{"tau_u_percent", "τU", "%", known(func(s Scores) float64 { return s.UnderTime })},
		{"tau_o_percent", "τO", "%", known(func(s Scores) float64 { return s.OverTime })},
		{"wrong_scale_ins", "wrong scale-ins", "", known(func(s Scores) float64 { return s.WrongIn })},
		{"wrong_scale_outs", "wrong scale-outs", "", known(func(s Scores) float64 { return s.WrongOut })},
		{"time_to_capacity_s", "time to capacity", "s", func(s Scores) Value { return s.ToCapacity }},
		{"time_to_capacity_max_s", "time to capacity, slowest step", "s", func(s Scores) Value { return s.SlowestStep }},
		{"steps", "steps in the load", "", known(func(s Scores) float64 { return s.Steps })},
		{"user_hours", "load", "user-hours", known(func(s Scores) float64 { return s.Load })},
	}
}
