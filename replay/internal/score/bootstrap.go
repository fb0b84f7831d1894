package score

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Pair is one score of two policies that met the same: the same trace, noise and faults, by the same seed.
type Pair struct{ Policy, Control float64 }

// Interval is an estimate and the bounds of its 95 % confidence interval. With fewer than two pairs the bounds are NaN.
type Interval struct{ Estimate, Low, High float64 }

// Resamples is how often the bootstrap draws, and Level how sure its intervals are.
const (
	Resamples = 4000
	Level     = 0.95
)

// Difference is the mean of policy − control, over strata that count alike, such as traces: each is a list of pairs, one for each seed.
func Difference(strata [][]Pair) Interval {
	return bootstrap(strata, func(policy, control float64) float64 { return policy - control })
}

// Ratio is the mean of the policy over that of the control, both over strata that count alike. It is NaN where the control's is 0.
func Ratio(strata [][]Pair) Interval {
	return bootstrap(strata, func(policy, control float64) float64 {
		if control == 0 {
			return math.NaN()
		}
		return policy / control
	})
}

// bootstrap estimates a statistic of both means, with the bias-corrected and accelerated (BCa) interval of the paired bootstrap:
// B. Efron, “Better Bootstrap Confidence Intervals”, JASA 82 (1987). Pairs are drawn with replacement within each stratum, so what
// both policies met alike cancels out; strata are not drawn, so the interval is about the noise that seeds make and says nothing of
// traces that were not run. The draws are seeded: the same pairs give the same interval.
func bootstrap(strata [][]Pair, statistic func(policy, control float64) float64) Interval {
	estimate := statistic(meanPair(strata))
	out := Interval{estimate, math.NaN(), math.NaN()}
	if math.IsNaN(estimate) || slices.ContainsFunc(strata, func(s []Pair) bool { return len(s) < 2 }) {
		return out
	}
	draws := resample(strata, statistic)
	if draws == nil {
		return out
	}
	normal := distuv.UnitNormal
	bias := normal.Quantile(below(draws, estimate))
	acceleration := jackknife(strata, statistic)
	at := func(p float64) float64 {
		z := bias + normal.Quantile(p)
		return quantile(draws, normal.CDF(bias+z/(1-acceleration*z)))
	}
	out.Low, out.High = at((1-Level)/2), at((1+Level)/2)
	return out
}

// resample returns the sorted statistic of each draw, or nil if one has none.
func resample(strata [][]Pair, statistic func(policy, control float64) float64) []float64 {
	random := rand.New(rand.NewPCG(2016, 1))
	draws := make([]float64, Resamples)
	drawn := make([][]Pair, len(strata))
	for i, s := range strata {
		drawn[i] = make([]Pair, len(s))
	}
	for i := range draws {
		for j, s := range strata {
			for k := range s {
				drawn[j][k] = s[random.IntN(len(s))]
			}
		}
		draws[i] = statistic(meanPair(drawn))
		if math.IsNaN(draws[i]) {
			return nil
		}
	}
	slices.Sort(draws)
	return draws
}

// below is the part of the draws that is below the estimate, half of those equal to it included; never quite none or all.
func below(draws []float64, estimate float64) float64 {
	first, _ := slices.BinarySearch(draws, estimate)
	after := first
	for after < len(draws) && draws[after] == estimate {
		after++
	}
	n := float64(len(draws))
	return min(max(float64(first+after)/2/n, 0.5/n), 1-0.5/n)
}

// jackknife is the acceleration, from leaving out one pair at a time: a sixth of the skewness of its influence.
func jackknife(strata [][]Pair, statistic func(policy, control float64) float64) float64 {
	squares, cubes := 0.0, 0.0
	without := slices.Clone(strata)
	for i, s := range strata {
		left := make([]float64, len(s))
		mean := 0.0
		for k := range s {
			without[i] = slices.Delete(slices.Clone(s), k, k+1)
			left[k] = statistic(meanPair(without))
			mean += left[k] / float64(len(s))
		}
		without[i] = s
		for _, x := range left {
			d := (mean - x) * float64(len(s)-1) / float64(len(s)) // comparable between strata of different sizes
			squares, cubes = squares+d*d, cubes+d*d*d
		}
	}
	if squares == 0 || math.IsNaN(cubes) {
		return 0
	}
	return cubes / (6 * math.Pow(squares, 1.5))
}

// meanPair are the means over the strata of the mean of each.
func meanPair(strata [][]Pair) (policy, control float64) {
	for _, s := range strata {
		for _, p := range s {
			policy += p.Policy / float64(len(s))
			control += p.Control / float64(len(s))
		}
	}
	n := float64(len(strata))
	return policy / n, control / n
}

// quantile interpolates between sorted values.
func quantile(sorted []float64, p float64) float64 {
	at := min(max(p, 0), 1) * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-2)
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
