package store

import (
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
)

// atSizes measures with few pods, with many, and with as many as the adapter is designed for.
func atSizes(b *testing.B, measure func(b *testing.B, pods int)) {
	for _, pods := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprintf("pods=%d", pods), func(b *testing.B) {
			b.ReportAllocs()
			measure(b, pods)
		})
	}
}

// populated returns a store of scraped pods in workloads of equal size, each with an HPA of its own, up to ten of them to a namespace,
// and what a collection brings of all of them. The first workload is app-0 in ns-0.
func populated(pods, size int) (*Store, sample.Batch) {
	m := users()
	m.Scraped = true
	s := New([]Metric{m})
	b := sample.Batch{Metric: "users"}
	asked := []sample.Target{{Metric: "users", Scheme: "http", Port: 8080, Path: "/metrics"}}
	for i := range pods {
		workload := i / size
		h := HPA{Namespace: fmt.Sprintf("ns-%d", workload/10), Name: fmt.Sprintf("app-%d", workload)}
		p := running(fmt.Sprintf("%s-%05d", h.Name, i))
		p.UID = types.UID(fmt.Sprintf("8c1a7e52-0000-4000-8000-%012d", i))
		p.Namespace, p.Labels = h.Namespace, map[string]string{"app": h.Name}
		p.IP, p.Targets = fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), asked
		s.SetPod(p)
		if (i+1)%size == 0 {
			s.SetHPA(h, selector("app="+h.Name), smoothing.Override{})
		}
		b.Samples = append(b.Samples, sample.Sample{Pod: p.UID, Value: float64(i % 7), Time: epoch()})
	}
	s.Record(epoch(), b)
	return s, b
}

// tick lets a second pass and brings new values of all pods.
func tick(s *Store, now time.Time, b sample.Batch) time.Time {
	now = now.Add(time.Second)
	for i := range b.Samples {
		b.Samples[i].Time = now
	}
	s.Record(now, b)
	return now
}

// BenchmarkRecord is the store's part of a tick: all pods in workloads of 10.
func BenchmarkRecord(b *testing.B) {
	atSizes(b, func(b *testing.B, pods int) {
		s, batch := populated(pods, 10)
		now := epoch()
		for b.Loop() {
			now = tick(s, now, batch)
		}
	})
}

// BenchmarkRecordOneWorkload is the same with all pods in one workload.
func BenchmarkRecordOneWorkload(b *testing.B) {
	atSizes(b, func(b *testing.B, pods int) {
		s, batch := populated(pods, pods)
		now := epoch()
		for b.Loop() {
			now = tick(s, now, batch)
		}
	})
}

// BenchmarkTargets lists the pods to scrape, which happens once a tick.
func BenchmarkTargets(b *testing.B) {
	atSizes(b, func(b *testing.B, pods int) {
		s, _ := populated(pods, 10)
		buf := s.Targets("users", nil)
		for b.Loop() {
			buf = s.Targets("users", buf[:0])
		}
		if len(buf) != pods {
			b.Fatalf("%d targets", len(buf))
		}
	})
}

// BenchmarkGroup lists a workload of 10 pods out of all pods.
func BenchmarkGroup(b *testing.B) {
	atSizes(b, func(b *testing.B, pods int) {
		s, _ := populated(pods, 10)
		benchmarkGroup(b, s, 10)
	})
}

// BenchmarkGroupOneWorkload lists all pods, which are one workload.
func BenchmarkGroupOneWorkload(b *testing.B) {
	atSizes(b, func(b *testing.B, pods int) {
		s, _ := populated(pods, pods)
		benchmarkGroup(b, s, pods)
	})
}

func benchmarkGroup(b *testing.B, s *Store, want int) {
	app := selector("app=app-0")
	list := func() {
		if values, err := s.Group(epoch(), "users", "ns-0", app); err != nil || len(values) != want {
			b.Fatal(len(values), err)
		}
	}
	list() // makes the buffers
	for b.Loop() {
		list()
	}
}

// BenchmarkPod asks for one pod of a workload of 10 by its name.
func BenchmarkPod(b *testing.B) {
	atSizes(b, func(b *testing.B, pods int) {
		s, _ := populated(pods, 10)
		for b.Loop() {
			if _, err := s.Pod(epoch(), "users", "ns-0", "app-0-00007"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDescribe describes a workload of 10 pods.
func BenchmarkDescribe(b *testing.B) {
	atSizes(b, func(b *testing.B, pods int) {
		s, _ := populated(pods, 10)
		for b.Loop() {
			if d, ok := s.Describe(epoch(), HPA{"ns-0", "app-0"}); !ok || len(d.Metrics[0].Pods) != 10 {
				b.Fatal(d)
			}
		}
	})
}
