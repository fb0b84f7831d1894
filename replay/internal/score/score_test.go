package score

import (
	"math"
	"math/rand/v2"
	"testing"

	"userscale.dev/userscale/replay/internal/timeline"
)

// stretch is some seconds that are alike.
type stretch struct {
	seconds        int
	users          float64
	ready, running int32
}

// run makes a timeline of pods for 10 users each that take 60 s to start.
func run(stretches ...stretch) *timeline.Timeline {
	r := &timeline.Timeline{PodCapacity: 10, PodStart: 60}
	for _, s := range stretches {
		for range s.seconds {
			r.Points = append(r.Points, timeline.Point{T: int32(len(r.Points)), Users: s.users, Ready: s.ready, Running: s.running})
		}
	}
	return r
}

func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
		t.Errorf("%s: got %v, want %v", name, got, want)
	}
}

func TestByHand(t *testing.T) {
	// Half an hour at 20 users on 2 pods, which suffice; 30 minutes at 40 on 3 (10 unserved, 3 of 4 pods), while 4 are paid for; an hour
	// at 10 on 4 (demand: 1 pod).
	r := run(stretch{1800, 20, 2, 2}, stretch{1800, 40, 3, 4}, stretch{3600, 10, 4, 4})
	r.Points[0].Started = 2    // there from the beginning: no start
	r.Points[1800].Started = 2 // in two hours: one per hour
	r.Decisions = []timeline.Decision{{T: 1800, From: 2, To: 4}}
	got := Of(r)
	near(t, "load", got.Load, 10+20+10)                      // user-hours
	near(t, "unserved", got.Unserved, 100*5/40.0)            // 10 users for half an hour
	near(t, "pod-hours", got.PodHours, 1+2+4)                //
	near(t, "pod starts", got.PodStarts, 1)                  //
	near(t, "scalings", got.Scalings, 1)                     //
	near(t, "θU", got.UnderAmount, 100*0.25*(1.0/4))         // a quarter of the time one of 4 pods was missing
	near(t, "θO", got.OverAmount, 100*0.5*3)                 // half of the time 3 pods more than the one needed
	near(t, "τU", got.UnderTime, 25)                         //
	near(t, "τO", got.OverTime, 50)                          //
	near(t, "steps", got.Steps, 1)                           // 20 → 40
	near(t, "time to capacity", got.ToCapacity.Or(-1), 1760) // 3 pods never suffice for 40; in the minute from 3560 on the mean is 30
	near(t, "slowest step", got.SlowestStep.Or(-1), 1760)
}

func TestNothing(t *testing.T) {
	got := Of(&timeline.Timeline{PodCapacity: 10})
	if want := (Scores{}); got != want {
		t.Errorf("got %+v", got)
	}
	idle := Of(run(stretch{3600, 0, 2, 2}))
	near(t, "unserved without load", idle.Unserved, 0)
	near(t, "θO without load", idle.OverAmount, 100) // one pod stays, the other one is too many
	near(t, "pod-hours without load", idle.PodHours, 2)
	if _, known := idle.ToCapacity.Get(); known {
		t.Error("a time to capacity without a step")
	}
}

func TestTimeToCapacity(t *testing.T) {
	for name, c := range map[string]struct {
		run  *timeline.Timeline
		want []float64
	}{
		"at once":          {run(stretch{120, 10, 4, 4}, stretch{120, 40, 4, 4}), []float64{0}},
		"after 45 s":       {run(stretch{120, 10, 1, 1}, stretch{45, 40, 1, 4}, stretch{120, 40, 4, 4}), []float64{45}},
		"in two goes":      {run(stretch{120, 10, 1, 1}, stretch{30, 40, 1, 4}, stretch{30, 40, 3, 4}, stretch{120, 40, 4, 4}), []float64{60}},
		"never":            {run(stretch{120, 10, 1, 1}, stretch{200, 40, 1, 1}), []float64{200}},
		"load falls first": {run(stretch{120, 10, 1, 1}, stretch{90, 40, 1, 1}, stretch{300, 10, 1, 1}), []float64{90}},
		"two steps":        {run(stretch{120, 10, 2, 2}, stretch{200, 20, 2, 2}, stretch{70, 40, 2, 4}, stretch{100, 40, 4, 4}), []float64{0, 70}},
		"down is none":     {run(stretch{120, 40, 4, 4}, stretch{120, 10, 4, 4}), nil},
		"too little":       {run(stretch{120, 100, 1, 1}, stretch{120, 120, 1, 1}), nil},
		"less than a pod":  {run(stretch{120, 1, 1, 1}, stretch{120, 9, 1, 1}), nil},
		"too short":        {run(stretch{59, 10, 1, 1}, stretch{59, 40, 1, 1}), nil},
	} {
		got := TimeToCapacity(c.run)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
			continue
		}
		for i := range got {
			near(t, name, got[i], c.want[i])
		}
	}
}

func TestWrongMoves(t *testing.T) {
	type move struct {
		at       float64
		from, to int32
	}
	for name, c := range map[string]struct {
		load    *timeline.Timeline
		moves   []move
		in, out int
	}{
		"scale-in at a lasting low":              {run(stretch{1000, 10, 2, 2}), []move{{500, 2, 1}}, 0, 0},
		"needed again within the start time":     {run(stretch{560, 10, 2, 2}, stretch{100, 11, 2, 2}), []move{{500, 2, 1}}, 1, 0},
		"needed again, but later":                {run(stretch{561, 10, 2, 2}, stretch{100, 11, 2, 2}), []move{{500, 2, 1}}, 0, 0},
		"needed at the time":                     {run(stretch{501, 11, 2, 2}, stretch{100, 10, 2, 2}), []move{{500, 2, 1}}, 1, 0},
		"not all the way back":                   {run(stretch{510, 20, 5, 5}, stretch{100, 29, 2, 2}), []move{{500, 5, 2}}, 1, 0},
		"scale-out that is needed":               {run(stretch{500, 20, 2, 2}, stretch{500, 21, 3, 3}), []move{{490, 2, 3}, {800, 3, 2}}, 1, 0},
		"came and went":                          {run(stretch{1000, 20, 2, 2}), []move{{100, 2, 3}, {400, 3, 2}}, 0, 1},
		"taken back in two goes":                 {run(stretch{1000, 20, 2, 2}), []move{{100, 2, 4}, {400, 4, 3}, {500, 3, 2}}, 0, 1},
		"kept as headroom":                       {run(stretch{1000, 20, 2, 2}), []move{{100, 2, 3}}, 0, 0},
		"taken back after the time that counts":  {run(stretch{1000, 20, 2, 2}), []move{{100, 2, 3}, {701, 3, 2}}, 0, 0},
		"taken back just within that time":       {run(stretch{1000, 20, 2, 2}), []move{{100, 2, 3}, {700, 3, 2}}, 0, 1},
		"a second scale-out on top, needed none": {run(stretch{1000, 20, 2, 2}), []move{{100, 2, 3}, {110, 3, 4}, {400, 4, 2}}, 0, 2},
		"at the end":                             {run(stretch{100, 10, 2, 2}), []move{{99.5, 2, 1}}, 0, 0},
	} {
		for _, m := range c.moves {
			c.load.Decisions = append(c.load.Decisions, timeline.Decision{T: m.at, From: m.from, To: m.to})
		}
		if in, out := WrongMoves(c.load); in != c.in || out != c.out {
			t.Errorf("%s: got %d in and %d out, want %d and %d", name, in, out, c.in, c.out)
		}
	}
}

// random makes a run of a kind that no simulation would yield.
func random(r *rand.Rand) *timeline.Timeline {
	out := &timeline.Timeline{PodCapacity: 1 + 20*r.Float64(), PodStart: 30}
	for t := range 1 + r.IntN(500) {
		ready := int32(r.IntN(10))
		out.Points = append(out.Points, timeline.Point{T: int32(t), Users: 100 * r.Float64(), Ready: ready, Running: ready + int32(r.IntN(3)), Started: int32(r.IntN(2))})
	}
	return out
}

// repeated gives each second n times, or all of them n times over.
func repeated(in *timeline.Timeline, n int, each bool) *timeline.Timeline {
	out := *in
	out.Points = nil
	for i := range n * len(in.Points) {
		from := i % len(in.Points)
		if each {
			from = i / n
		}
		out.Points = append(out.Points, in.Points[from])
	}
	return &out
}

// Percentages do not depend on how long a run is, on the order of its seconds, or on what a user is counted in.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		one := random(r)
		want := Of(one)
		percentages := func(name string, got Scores) {
			t.Helper()
			near(t, name+": unserved", got.Unserved, want.Unserved)
			near(t, name+": θU", got.UnderAmount, want.UnderAmount)
			near(t, name+": θO", got.OverAmount, want.OverAmount)
			near(t, name+": τU", got.UnderTime, want.UnderTime)
			near(t, name+": τO", got.OverTime, want.OverTime)
		}
		twice := Of(repeated(one, 2, false))
		percentages("twice over", twice)
		near(t, "twice over: pod-hours", twice.PodHours, 2*want.PodHours)
		slow := Of(repeated(one, 2, true))
		percentages("half as fast", slow)
		near(t, "half as fast: pod-hours", slow.PodHours, 2*want.PodHours)

		shuffled := repeated(one, 1, true)
		r.Shuffle(len(shuffled.Points), func(i, j int) {
			shuffled.Points[i], shuffled.Points[j] = shuffled.Points[j], shuffled.Points[i]
		})
		percentages("shuffled", Of(shuffled))

		scaled := repeated(one, 1, true)
		scaled.PodCapacity *= 4
		for i := range scaled.Points {
			scaled.Points[i].Users *= 4
		}
		percentages("four for one", Of(scaled))
	}
}

// More pods at any time never leave more load unserved, nor fewer pods over.
func TestMorePodsServeMore(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		less := random(r)
		more := repeated(less, 1, true)
		for i := range more.Points {
			more.Points[i].Ready += int32(r.IntN(3))
		}
		a, b := Of(less), Of(more)
		if b.Unserved > a.Unserved || b.UnderAmount > a.UnderAmount || b.UnderTime > a.UnderTime || b.OverAmount < a.OverAmount {
			t.Errorf("with less %+v, with more %+v", a, b)
		}
		for _, s := range []Scores{a, b} {
			if s.Unserved < 0 || s.Unserved > 100 || s.UnderAmount > 100 || s.UnderTime+s.OverTime > 100+1e-9 {
				t.Errorf("out of bounds: %+v", s)
			}
		}
	}
}

func TestMeasuresNameAllScores(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Measures() {
		if seen[m.Key] || m.Name == "" {
			t.Errorf("%q: named twice, or without a name for people", m.Key)
		}
		seen[m.Key] = true
	}
	if want := 14; len(seen) != want {
		t.Errorf("got %d measures, want %d", len(seen), want)
	}
}
