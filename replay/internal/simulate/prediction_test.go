package simulate

import (
	"math"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/recording"
)

// TestPrediction is what a replay is for: of a run of a real cluster the model is told the users, second by second, and nothing else.
// When its controller looks is not when the live one did, so one of them may do in two steps what the other does in one; but it comes to
// the same counts, and to each a sync period (and the moment by which the smoothed totals differ) earlier or later at most.
func TestPrediction(t *testing.T) {
	r, err := recording.ReadFile("../../testdata/users.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	c := Defaults()
	if c.Policy, err = livePolicy(r); err != nil {
		t.Fatal(err)
	}
	c.Users, c.Initial = totals(r, 20), r.Replicas
	c.Pods.Start, c.Pods.Pending = 1200*time.Millisecond, time.Second
	c.Pods.UserCPU = 0 // they stream
	apart := c.Controller.SyncPeriod.Seconds() + 3
	var live arrivals
	for i := range r.Events {
		if e := &r.Events[i]; e.Rescale != nil {
			live.add(e.T, e.Rescale.From, e.Rescale.To)
		}
	}
	for seed := range uint64(40) {
		c.Seed = seed
		var model arrivals
		for _, d := range simulate(t, c).Decisions {
			model.add(d.T, d.From, d.To)
		}
		if len(model) != len(live) {
			t.Fatalf("seed %d: %v, want %v", seed, model, live)
		}
		for i, want := range live {
			if got := model[i]; got.replicas != want.replicas || math.Abs(got.at-want.at) > apart {
				t.Errorf("seed %d: %+v, want %+v", seed, got, want)
			}
		}
	}
}

// arrivals are when each count was come to or passed.
type arrivals []arrival

type arrival struct {
	replicas int32
	at       float64
}

func (a *arrivals) add(at float64, from, to int32) {
	step := int32(1)
	if to < from {
		step = -1
	}
	for n := from; n != to; {
		n += step
		*a = append(*a, arrival{n, at})
	}
}

// totals are the users of each second of a recording, as they were on all pods together; the last ones stay for some more seconds.
func totals(r *recording.Recording, more int) (users []float64) {
	total := 0.0
	for i := range r.Events {
		e := &r.Events[i]
		for len(users) < int(e.T) {
			users = append(users, total)
		}
		if e.Collection == nil {
			continue
		}
		total = 0
		for _, v := range e.Collection.Values {
			total += v.Value
		}
	}
	for range more {
		users = append(users, total)
	}
	return users
}
