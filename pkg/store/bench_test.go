package store

import (
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// large returns a store of 10,000 pods in 1,000 workloads of 10 pods, each with an HPA, and a batch for them.
func large() (*Store, sample.Batch) {
	s := New([]Metric{users()})
	b := sample.Batch{Metric: "users"}
	for i := range 10_000 {
		app := fmt.Sprintf("app-%d", i%1000)
		p := running(fmt.Sprintf("%s-%d", app, i))
		p.Namespace, p.Labels = fmt.Sprintf("ns-%d", i%100), map[string]string{"app": app}
		if i < 1000 {
			s.SetHPA(HPA{p.Namespace, app}, selector("app="+app), smoothing.Override{})
		}
		s.SetPod(p)
		b.Samples = append(b.Samples, sample.Sample{Pod: p.UID, Value: float64(i % 7), Time: epoch()})
	}
	s.Record(epoch(), b)
	return s, b
}

func BenchmarkRecord10000(b *testing.B) {
	s, batch := large()
	now := epoch()
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Second)
		for i := range batch.Samples {
			batch.Samples[i].Time = now
		}
		s.Record(now, batch)
	}
}

func BenchmarkGroup10Of10000(b *testing.B) {
	s, _ := large()
	sel := labels.SelectorFromSet(labels.Set{"app": "app-7"})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Group(epoch(), "users", "ns-7", sel); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPod10Of10000(b *testing.B) {
	s, _ := large()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Pod(epoch(), "users", "ns-7", "app-7-7"); err != nil {
			b.Fatal(err)
		}
	}
}
