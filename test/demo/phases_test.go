package main

import (
	"testing"
	"time"

	"userscale.dev/userscale/test/observe"
)

func TestSettled(t *testing.T) {
	began := time.Unix(1_800_000_000, 0)
	rescaled := []observe.Rescale{{Time: began.Add(-time.Minute)}, {Time: began}}
	for _, test := range []struct {
		name     string
		rescales []observe.Rescale
		after    time.Duration
		want     bool
	}{
		{"never scaled", nil, time.Hour, false},
		{"one chance since", rescaled, 20 * time.Second, false},
		{"two chances since", rescaled, 31 * time.Second, true},
	} {
		v := view{observations: []observe.Observation{{Time: began.Add(test.after)}}, rescales: test.rescales}
		if got := v.settled(); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
