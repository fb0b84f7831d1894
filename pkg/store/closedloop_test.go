package store

import (
	"fmt"
	"math"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// signal is what an autoscaler is told: the sum of the served values.
type signal func(now time.Time, values map[string]float64) float64

// groupTotal is this package's signal.
func groupTotal(half smoothing.HalfLives) signal {
	m := users()
	m.Smoothing = half
	s := New([]Metric{m})
	s.SetHPA(web, selector("app=web"), smoothing.Override{})
	return func(now time.Time, values map[string]float64) float64 {
		b := sample.Batch{Metric: m.Name}
		for name, x := range values {
			p := running(name)
			s.SetPod(p)
			b.Samples = append(b.Samples, sample.Sample{Pod: p.UID, Value: x, Time: now})
		}
		for uid := range s.pods {
			if _, ok := values[string(uid)]; !ok {
				s.DeletePod(uid)
			}
		}
		s.Record(now, b)
		served, err := s.Group(now, m.Name, web.Namespace, selector("app=web"))
		if err != nil {
			return math.NaN()
		}
		var sum int64
		for _, v := range served {
			sum += v.Milli
		}
		return float64(sum) / 1000
	}
}

// perPod is the naive signal: every pod smoothed on its own, from its first sample.
func perPod(half smoothing.HalfLives) signal {
	estimators := map[string]*smoothing.Estimator{}
	return func(now time.Time, values map[string]float64) float64 {
		sum := 0.0
		for name, x := range values {
			e, ok := estimators[name]
			if !ok {
				e = &smoothing.Estimator{HalfLives: half}
				e.Seed(x, now)
				estimators[name] = e
			}
			e.Step(x, now)
			sum += e.Value()
		}
		return sum
	}
}

// loop runs a workload under the HPA's formula, every 15 s: the load, spread evenly over the pods, is measured every second; a pod
// takes 20 s to start. It returns the largest and the last number of pods.
func loop(s signal, target float64, load func(second int) float64, seconds int) (largest, last int) {
	pods, starting, ready := 4, 0, 0
	for second := range seconds {
		if starting > 0 && second == ready {
			pods, starting = pods+starting, 0
		}
		values := map[string]float64{}
		for i := range pods {
			values[fmt.Sprintf("pod-%d", i)] = load(second) / float64(pods)
		}
		sum := s(epoch().Add(time.Duration(second)*time.Second), values)
		if second%15 == 0 && starting == 0 {
			desired := desire(sum, target, pods)
			starting, ready = max(desired-pods, 0), second+20
			pods = min(pods, desired)
		}
		largest = max(largest, pods+starting)
	}
	return largest, pods
}

// desire is the HPA's proposal for a Pods metric, with tolerances of 0 up and 0.3 down.
func desire(sum, target float64, pods int) int {
	if ratio := sum / target / float64(pods); ratio >= 0.7 && ratio <= 1 {
		return pods
	}
	return int(math.Ceil(sum / target))
}

// TestClosedLoop scales out where the ideal is 4 → 8 pods. Per-pod smoothing goes beyond, because the old pods' states lag behind the
// load that moved to the new ones; the total knows nothing of that.
func TestClosedLoop(t *testing.T) {
	half := smoothing.HalfLives{Rise: 10 * time.Second, Fall: time.Minute}
	load := func(second int) float64 {
		if second < 60 {
			return 36
		}
		return 76
	}
	for _, test := range []struct {
		name     string
		signal   signal
		overruns bool
	}{
		{"group total", groupTotal(half), false},
		{"per pod", perPod(half), true},
	} {
		largest, last := loop(test.signal, 10, load, 900)
		t.Logf("%s: %d pods at most, %d at last", test.name, largest, last)
		if largest > 8 != test.overruns || !test.overruns && last != 8 {
			t.Errorf("%s: %d pods at most, %d at last; the ideal is 8", test.name, largest, last)
		}
	}
}

// TestHalfOfThePodsUnscrapable has the HPA's own view in mind: what it is told about the rest does not change.
func TestHalfOfThePodsUnscrapable(t *testing.T) {
	newWorld(t, users()).play(`
		run a b c d
		tick 1s a=10 b=10 c=10 d=10
		tick 10s a=10 b=10 c=timeout d=timeout
		tick 60s a=10 b=10 c=timeout d=timeout
		read a=10 b=10
		tick 60s a=10 b=10 c=timeout d=timeout
		read a=10 b=10
		tick 1s a=10 b=10 c=10 d=10
		read a=10 b=10 c=10 d=10
		total 40 40 4 0`)
}
