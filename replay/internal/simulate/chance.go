package simulate

import (
	"math/rand/v2"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// chance is all that is drawn. What is drawn for one purpose does not depend on how often another one draws, so that two policies with
// the same seed meet the same users.
type chance struct {
	seed    uint64
	poisson *rand.PCG
	phases  *rand.Rand
}

// The streams of a seed.
const (
	streamNoise = iota + 1
	streamPhases
	streamLoss
)

func newChance(seed uint64) *chance {
	return &chance{
		seed:    seed,
		poisson: rand.NewPCG(seed, streamNoise),
		phases:  rand.New(rand.NewPCG(seed, streamPhases)),
	}
}

// noisy draws a number of users with the mean.
func (c *chance) noisy(mean float64) float64 {
	if mean <= 0 {
		return 0
	}
	return distuv.Poisson{Lambda: mean, Src: c.poisson}.Rand()
}

// phase draws when something that recurs happens first, in whole milliseconds.
func (c *chance) phase(interval time.Duration) time.Duration {
	return time.Duration(c.phases.Int64N(max(int64(interval/time.Millisecond), 1))) * time.Millisecond
}

// lost draws whether one thing of many is lost: what it is called, and how often it could have been lost before.
func (c *chance) lost(share float64, what, turn uint64) bool {
	if share <= 0 {
		return false
	}
	return float64(mix(mix(mix(c.seed+streamLoss)+what)+turn)>>11)/(1<<53) < share
}

// mix is the output function of SplitMix64 (Steele, Lea, Flood 2014): neighbours come out unrelated.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
