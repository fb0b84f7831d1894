package store

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// TestConcurrent does everything at once; the race detector judges, and what is served must be consistent in itself.
func TestConcurrent(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a b c\ntick 1s a=10 b=20 c=30")
	now := w.now
	var all sync.WaitGroup
	for _, do := range []func(i int){
		func(i int) {
			w.Record(now.Add(time.Duration(i)*time.Millisecond), sample.Batch{Metric: "users", Samples: []sample.Sample{
				{Pod: "a", Value: float64(i), Time: now}, {Pod: "b", Value: 20, Time: now},
			}})
		},
		func(int) { _, _ = w.Group(now, "users", web.Namespace, selector("app=web")) },
		func(i int) { _, _ = w.Group(now, "users", web.Namespace, selector(fmt.Sprintf("app,v!=%d", i))) },
		func(int) { _, _ = w.Pod(now, "users", web.Namespace, "a") },
		func(int) { _, _ = w.Total(now, "users_total", web.Namespace, selector("app")) },
		func(i int) { w.SetPod(running(fmt.Sprint("new-", i))) },
		func(i int) { w.DeletePod(types.UID(fmt.Sprint("new-", i))) },
		func(i int) { w.SetHPA(HPA{web.Namespace, fmt.Sprint(i % 3)}, selector("app"), smoothing.Override{}) },
		func(i int) { w.DeleteHPA(HPA{web.Namespace, fmt.Sprint(i % 3)}) },
		func(int) { _, _, _ = w.Totals(now), w.Drops(), w.Metrics() },
		func(i int) { w.Reconfigure([]Metric{{Name: "other", Quantity: fmt.Sprint(i)}, users()}[i%2:]) },
		func(int) { _, _ = w.PodByName(web.Namespace, "a"); _ = w.Targets("users", nil) },
	} {
		all.Go(func() {
			for i := range 200 {
				do(i)
			}
		})
	}
	all.Wait()
	if _, err := w.ask("app=web"); err != nil {
		t.Error(err)
	}
}
