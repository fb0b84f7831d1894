package compare

import (
	"fmt"
	"math"
)

// The factors of a target that controls are sought between, and how many are tried at most, with few seeds and with all.
const (
	leastFactor, mostFactor = 0.2, 5.0
	roughSeeds, roughTries  = 4, 8
	fineTries               = 4
)

type found struct {
	factor float64
	note   string // empty if the cost is within the tolerance
}

// seek looks for the factor of a target at which a cost is wanted, given that it falls as the factor rises. From the start it goes
// to where the cost would be right if it were inversely proportional, and bisects where that leads out of what is still possible. Of
// those tried it returns the best.
func seek(wanted, start float64, tries int, cost func(factor float64) (float64, error)) (found, error) {
	low, high, factor := leastFactor, mostFactor, start
	best, off := start, math.Inf(1)
	for range tries {
		got, err := cost(factor)
		if err != nil {
			return found{}, err
		}
		if math.Abs(got/wanted-1) < math.Abs(off) {
			best, off = factor, got/wanted-1
		}
		if math.Abs(off) <= CostTolerance {
			return found{factor: best}, nil
		}
		if got > wanted {
			low = factor
		} else {
			high = factor
		}
		next := round(factor * got / wanted)
		if next <= low || next >= high {
			next = round(math.Sqrt(low * high))
		}
		if next <= low || next >= high {
			break // there is nothing between them
		}
		factor = next
	}
	return found{best, fmt.Sprintf("costs %+.1f %%: no target that was tried comes closer", 100*off)}, nil
}

// round keeps factors short, so that the controls of several policies are often the same.
func round(factor float64) float64 { return math.Round(1000*factor) / 1000 }
