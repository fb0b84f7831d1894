package simulate

import (
	"fmt"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/replay/internal/policy"
)

// What one second of the trace takes, but for the controller's passes, of which there is one in 15 s: new users, a scrape of each pod, and
// a point. make replay-speed measures a whole day.
func BenchmarkSecond(b *testing.B) {
	p, err := policy.Load("../../../manifests/base/workload/hpa.yaml", "../../../manifests/base/adapter/adapter.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for _, pods := range []int32{20, 200} {
		b.Run(fmt.Sprintf("pods=%d", pods), func(b *testing.B) {
			c := Defaults()
			c.Policy, c.Initial, c.Users = p, pods, hold(float64(10*pods), 60)
			now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
			w, err := newWorld(&c, now)
			if err != nil {
				b.Fatal(err)
			}
			w.show(now)
			a := newAdapter(p, w.selector, now)
			for _, s := range w.shown {
				a.setPod(s.object)
			}
			w.custom.serving.Store(a)
			from := &collection{metric: &p.Settings.Metrics[0], rates: map[int]*smoothing.Counter{}}
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Second)
				w.workload.Demand(now, c.Users[0])
				w.advance(now)
				batch, _ := from.collect(w, a, now)
				a.record(now, batch)
				w.out.Points = w.out.Points[:0]
				w.point(now, 0)
			}
		})
	}
}
