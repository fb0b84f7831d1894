package hpa_test

import (
	"testing"

	"userscale.dev/userscale/pkg/hpa"
)

// reached counts how often each outcome came up, so that a property cannot hold for want of cases.
type reached map[hpa.Outcome]int

const invalid hpa.Outcome = "invalid"

func (r reached) add(p hpa.Proposal, err error) {
	if err != nil {
		p.Outcome = invalid
	}
	r[p.Outcome]++
}

func (r reached) check(t *testing.T) {
	for _, o := range []hpa.Outcome{invalid, hpa.WithinTolerance, hpa.OutsideTolerance, hpa.AdjustedWithinTolerance, hpa.AdjustedOutsideTolerance,
		hpa.AdjustedRatioReverses, hpa.AdjustedReplicasReverse} {
		t.Logf("%-28s %6d", o, r[o])
		if r[o] == 0 {
			t.Errorf("no case came to %s", o)
		}
	}
}
