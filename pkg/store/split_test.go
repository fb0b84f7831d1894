package store

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func apportioned(total int64, weights ...float64) []int64 {
	parts, sum := make([]part, len(weights)), 0.0
	for i, w := range weights {
		parts[i] = part{index: i, weight: w}
		sum += w
	}
	apportion(parts, total, sum)
	got := make([]int64, len(weights))
	for _, p := range parts {
		got[p.index] = p.milli
	}
	return got
}

func TestApportion(t *testing.T) {
	for _, test := range []struct {
		name    string
		total   int64
		weights []float64
		want    []int64
	}{
		{"nobody", 10, nil, []int64{}},
		{"one", 10, []float64{3}, []int64{10}},
		{"proportional", 10, []float64{3, 2}, []int64{6, 4}},
		{"largest remainder", 10, []float64{1, 3, 5}, []int64{1, 3, 6}}, // 1.11, 3.33, 5.56
		{"ties go to the first", 10, []float64{1, 1, 1}, []int64{4, 3, 3}},
		{"nothing to weigh", 5, []float64{0, 0}, []int64{3, 2}},
		{"nothing to give", 0, []float64{1, 2}, []int64{0, 0}},
		{"nothing for nothing", 5, []float64{0, 1}, []int64{0, 5}},
		{"far apart", 1000, []float64{1e-300, 1e9}, []int64{0, 1000}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, apportioned(test.total, test.weights...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestApportionIsExact checks, for random totals up to the largest that fits a float64 exactly, that nothing is lost, nothing
// is negative, and nobody is further than one unit from the exact part.
func TestApportionIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		weights, sum := make([]float64, 1+r.IntN(50)), 0.0
		for i := range weights {
			weights[i] = r.ExpFloat64() * math.Pow(10, float64(r.IntN(10)))
			sum += weights[i]
		}
		total := r.Int64N(1 << (1 + r.IntN(52)))
		left := total
		for i, got := range apportioned(total, weights...) {
			exact := float64(total) * weights[i] / sum
			if got < 0 || math.Abs(float64(got)-exact) > 1+exact*1e-12 {
				t.Fatalf("part %d of %d is %d, exactly it would be %v", i, total, got, exact)
			}
			left -= got
		}
		if left != 0 {
			t.Fatalf("%d of %d is left", left, total)
		}
	}
}

// TestApportionAboveTotal gives a sum that is too small, as rounding errors do: the parts still sum to the total.
func TestApportionAboveTotal(t *testing.T) {
	parts := []part{{index: 0, weight: 1}, {index: 1, weight: 1}, {index: 2}}
	apportion(parts, 10, 1.5)
	if got := parts[0].milli + parts[1].milli + parts[2].milli; got != 10 {
		t.Errorf("the parts %+v sum to %d", parts, got)
	}
}
