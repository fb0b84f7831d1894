package latency

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestPercentiles compares with the percentiles of the sorted values.
func TestPercentiles(t *testing.T) {
	for _, n := range []int{1, 2, 3, 99, 100, 1000} {
		random := rand.New(rand.NewPCG(uint64(n), 0))
		w := NewWindow()
		values := make([]float64, n)
		for i := range values {
			us := int64(math.Exp(random.Float64() * 18)) // 1 µs to 65 s
			values[i] = float64(us) / 1000
			w.Record(time.Duration(us) * time.Microsecond)
		}
		slices.Sort(values)
		at := func(p float64) float64 { return values[max(int(math.Round(p*float64(n)/100)), 1)-1] }
		mean := 0.0
		for _, v := range values {
			mean += v / float64(n)
		}
		got := w.Summary()
		for _, c := range []struct {
			name      string
			got, want float64
		}{
			{"mean", got.Mean, mean},
			{"p50", got.P50, at(50)},
			{"p95", got.P95, at(95)},
			{"p99", got.P99, at(99)},
			{"max", got.Max, at(100)},
		} {
			if math.Abs(c.got-c.want) > 0.01*c.want {
				t.Errorf("%d values: %s = %v ms, want %v ms", n, c.name, c.got, c.want)
			}
		}
	}
}

func TestForgets(t *testing.T) {
	tests := []struct {
		name  string
		first time.Duration // after the start
		then  time.Duration // after the first value
		known bool
	}{
		{"at once", 0, 0, true},
		{"at the start of a section, before it leaves", 0, 59 * time.Second, true},
		{"at the start of a section, after it left", 0, 60 * time.Second, false},
		{"at the end of a section, before it leaves", 14 * time.Second, 45 * time.Second, true},
		{"at the end of a section, after it left", 14 * time.Second, 46 * time.Second, false},
		{"in a later section", 100 * time.Second, 45 * time.Second, true},
		{"long ago", 0, 1000 * time.Hour, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := NewWindow()
				time.Sleep(tt.first)
				w.Record(time.Second)
				time.Sleep(tt.then)
				if s := w.Summary(); (s != nil) != tt.known {
					t.Errorf("Summary() = %+v, want one: %v", s, tt.known)
				}
			})
		})
	}
}

// TestRotation checks that the sum is that of the sections which are left.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow()
		for i := range 10 {
			w.Record(time.Duration(i+1) * 100 * time.Millisecond)
			time.Sleep(sectionLength)
		}
		got := w.Summary() // sections 8, 9 and 10 and the empty present one
		if got.Mean < 891 || got.Mean > 909 || got.P50 < 891 || got.P50 > 909 || got.Max < 990 || got.Max > 1010 {
			t.Errorf("Summary() = %+v, want mean and p50 900, max 1000", got)
		}
	})
}

func TestOutOfRange(t *testing.T) {
	w := NewWindow()
	w.Record(-time.Second)
	w.Record(1000 * time.Hour)
	got, hour := w.Summary(), float64(longest.Milliseconds())
	if got.P50 != 0 || got.Max < hour || got.Max > 1.01*hour {
		t.Errorf("Summary() = %+v, want p50 0 and max %v", got, hour)
	}
}

func BenchmarkRecord(b *testing.B) {
	w := NewWindow()
	b.ReportAllocs()
	for b.Loop() {
		w.Record(12 * time.Millisecond)
	}
}

func BenchmarkSummary(b *testing.B) {
	w := NewWindow()
	for i := range 10_000 {
		w.Record(time.Duration(i) * time.Millisecond)
	}
	b.ReportAllocs()
	for b.Loop() {
		w.Summary()
	}
}
