package process

import (
	"math"
	"runtime"
	"testing"
	"time"
)

func TestUsage(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	m, err := NewMeter()
	if err != nil {
		t.Fatal(err)
	}
	u, err := m.Usage()
	if err != nil {
		t.Fatal(err)
	}
	if u.CPUSeconds < 0 || u.ResidentBytes < 1<<20 {
		t.Errorf("Usage() = %+v, want CPU time and some megabytes", u)
	}
	if u.Window != 0 || u.CPUCores != 0 {
		t.Errorf("Usage() = %+v, want no CPU usage from a first moment", u)
	}
}

func TestCores(t *testing.T) {
	start := time.Now()
	m := &Meter{before: reading{at: start}, latest: reading{at: start}}
	steps := []struct {
		at     time.Duration
		cpu    float64
		cores  float64
		window time.Duration
	}{
		{at: 500 * time.Millisecond, cpu: 0.5, cores: 0, window: 0},
		{at: 1 * time.Second, cpu: 1, cores: 1, window: 1 * time.Second},
		{at: 1500 * time.Millisecond, cpu: 1, cores: 1 / 1.5, window: 1500 * time.Millisecond},
		{at: 2 * time.Second, cpu: 1, cores: 0, window: 1 * time.Second},
		{at: 3 * time.Second, cpu: 3, cores: 2, window: 1 * time.Second},
		{at: 13 * time.Second, cpu: 8, cores: 0.5, window: 10 * time.Second},
		{at: 13200 * time.Millisecond, cpu: 8, cores: 5 / 10.2, window: 10200 * time.Millisecond},
	}
	for _, s := range steps {
		cores, window := m.cores(reading{at: start.Add(s.at), cpu: s.cpu})
		if math.Abs(cores-s.cores) > 1e-9 || window != s.window {
			t.Errorf("at %v: %v cores over %v, want %v over %v", s.at, cores, window, s.cores, s.window)
		}
	}
}

func TestReadHeap(t *testing.T) {
	h := ReadHeap()
	if h.Live == 0 || h.Total < h.Live {
		t.Errorf("ReadHeap() = %+v, want live > 0 within total", h)
	}
}

func BenchmarkUsage(b *testing.B) {
	m, err := NewMeter()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Usage(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadHeap(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ReadHeap()
	}
}
