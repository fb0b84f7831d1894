package score

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDifferenceByHand(t *testing.T) {
	same := Difference([][]Pair{{{3, 1}, {5, 3}, {9, 7}}})
	near(t, "all differ alike", same.Estimate, 2)
	near(t, "low", same.Low, 2)
	near(t, "high", same.High, 2)

	// Strata count alike, however many pairs they have: (1 + (−3)) / 2.
	strata := Difference([][]Pair{{{1, 0}, {1, 0}, {1, 0}, {1, 0}}, {{0, 3}, {0, 3}}})
	near(t, "strata", strata.Estimate, -1)

	one := Difference([][]Pair{{{3, 1}}})
	near(t, "one pair", one.Estimate, 2)
	if !math.IsNaN(one.Low) || !math.IsNaN(one.High) {
		t.Errorf("an interval from one pair: %v", one)
	}
}

func TestRatioByHand(t *testing.T) {
	half := Ratio([][]Pair{{{1, 2}, {2, 4}, {5, 10}}})
	near(t, "half", half.Estimate, 0.5)
	near(t, "low", half.Low, 0.5)
	near(t, "high", half.High, 0.5)
	if none := Ratio([][]Pair{{{1, 0}, {2, 0}}}); !math.IsNaN(none.Estimate) {
		t.Errorf("over nothing: %v", none)
	}
	// The control's mean is above 0, but that of some draws is not.
	if some := Ratio([][]Pair{{{1, 0}, {2, 2}}}); some.Estimate != 1.5 || !math.IsNaN(some.Low) {
		t.Errorf("over next to nothing: %v", some)
	}
}

// Pairing takes out what both met alike: with a common part a hundred times as large as the difference, the interval knows the sign.
func TestPairing(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var pairs []Pair
	for range 20 {
		common := 100 * r.NormFloat64()
		pairs = append(pairs, Pair{common + 1 + 0.2*r.NormFloat64(), common})
	}
	got := Difference([][]Pair{pairs})
	if !(0.8 < got.Low && got.Low < got.Estimate && got.Estimate < got.High && got.High < 1.2) {
		t.Errorf("got %+v", got)
	}
	if again := Difference([][]Pair{pairs}); again != got {
		t.Errorf("got %+v, then %+v", got, again)
	}
}

// Of many intervals about the mean of a skewed distribution, about 95 % hold it. BCa is known to be a little narrow with 20 pairs:
// 92.5 % here. The draws are seeded, so the test never wavers.
func TestCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	const runs = 400
	hold := 0
	for range runs {
		var pairs []Pair
		for range 20 {
			pairs = append(pairs, Pair{r.ExpFloat64(), 0})
		}
		if got := Difference([][]Pair{pairs}); got.Low <= 1 && 1 <= got.High {
			hold++
		}
	}
	if part := float64(hold) / runs; part < 0.90 || part > 0.98 {
		t.Errorf("%.3f of the intervals hold the mean", part)
	} else {
		t.Logf("%.3f of the intervals hold the mean", part)
	}
}

// Where a sample is skewed to the right the interval is too: both its bounds are above those of plain percentiles.
func TestSkew(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	var pairs []Pair
	for range 20 {
		pairs = append(pairs, Pair{math.Pow(r.ExpFloat64(), 2), 0})
	}
	strata := [][]Pair{pairs}
	draws := resample(strata, func(policy, control float64) float64 { return policy - control })
	got := Difference(strata)
	low, high := quantile(draws, 0.025), quantile(draws, 0.975)
	if !(got.Low > low && got.High > high) {
		t.Errorf("got %+v, by percentiles %v to %v", got, low, high)
	}
}

func TestFront(t *testing.T) {
	points := [][]float64{{1, 9}, {5, 5}, {9, 1}, {5, 6}, {5, 5}, {9, 9}, {1, 10}, {math.NaN(), 0}}
	want := []bool{true, true, true, false, true, false, false, true}
	for i, got := range Front(points) {
		if got != want[i] {
			t.Errorf("%v: got %v, want %v", points[i], got, want[i])
		}
	}
}
