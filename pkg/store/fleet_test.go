package store

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// asked is a metric with random half-lives, up and down.
func asked(t *rapid.T) Metric {
	half := rapid.Map(rapid.IntRange(0, 90), func(seconds int) time.Duration { return time.Duration(seconds) * time.Second })
	m := users()
	m.Smoothing = smoothing.HalfLives{Rise: half.Draw(t, "rise"), Fall: half.Draw(t, "fall")}
	return m
}

// fleet is a store of running pods that all match the HPA.
type fleet struct {
	*Store
	now  time.Time
	load map[types.UID]float64
}

func newFleet(m Metric) *fleet {
	f := &fleet{Store: New([]Metric{m}), now: epoch(), load: map[types.UID]float64{}}
	f.SetHPA(web, selector("app=web"), smoothing.Override{})
	return f
}

func (f *fleet) run(name string) {
	f.SetPod(running(name))
	f.load[types.UID(name)] = 0
}

func (f *fleet) uids() []types.UID {
	uids := make([]types.UID, 0, len(f.load))
	for uid := range f.load {
		uids = append(uids, uid)
	}
	slices.Sort(uids)
	return uids
}

// tick collects every pod's load after a time, except that of the pods that do not answer.
func (f *fleet) tick(d time.Duration, silent ...types.UID) {
	f.now = f.now.Add(d)
	b := sample.Batch{Metric: "users"}
	for _, uid := range f.uids() {
		if slices.Contains(silent, uid) {
			b.Failures = append(b.Failures, sample.Failure{Pod: uid, Reason: sample.ReasonTimeout})
		} else {
			b.Samples = append(b.Samples, sample.Sample{Pod: uid, Value: f.load[uid], Time: f.now})
		}
	}
	f.Record(f.now, b)
}

func (f *fleet) s() float64 { return f.Totals(f.now)[0].Smoothed }

// spread gives all pods together a load, in random parts.
func (f *fleet) spread(t *rapid.T, load float64) {
	uids, weights, all := f.uids(), map[types.UID]float64{}, 0.0
	for _, uid := range uids {
		weights[uid] = float64(rapid.IntRange(0, 9).Draw(t, "weight"))
		all += weights[uid]
	}
	for _, uid := range uids {
		f.load[uid] = load / float64(len(uids))
		if all > 0 {
			f.load[uid] = load * weights[uid] / all
		}
	}
}
