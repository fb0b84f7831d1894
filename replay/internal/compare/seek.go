package compare

import "math"

// Targets are tried on a ladder: each rung is 3 % above the one before, and rung 0 is the policy's own.
const (
	rungStep            = 1.03
	leastRung, mostRung = -234, 234 // a thousandth of the target, and a thousand times as much
	roughSeeds          = 4
	sameCost            = 1e-9 // relative: what adding up in another order makes of equal pod-hours
)

func factorOf(rung int) float64 { return math.Pow(rungStep, float64(rung)) }

// place is where on the ladder a cost is to be had: share of it on the rung above, and the rest on rung.
type place struct {
	rung  int
	share float64
	off   float64 // by how much the cost differs from the wanted one, as a share; above 0 only where the ladder ends
}

// seek finds the two neighbours on the ladder between whose costs the wanted one is, given that the cost falls as the target rises. From
// the start it goes to where the cost would be right if it were inversely proportional, further each time that this leads nowhere, and
// bisects once there is a rung on either side. Where the ladder ends before, it is the last rung.
func seek(wanted float64, start int, cost func(rung int) (float64, error)) (place, error) {
	dear, cheap := leastRung-1, mostRung+1 // the closest rungs known to cost more, and less
	dearCost, cheapCost := math.NaN(), math.NaN()
	rung, stride := start, 1
	for i := 0; dear+1 < cheap; i++ {
		got, err := cost(rung)
		if err != nil {
			return place{}, err
		}
		jump := int(math.Round(math.Log(got/wanted) / math.Log(rungStep)))
		switch {
		case math.Abs(got-wanted) <= sameCost*wanted:
			return place{rung: rung}, nil
		case got > wanted:
			dear, dearCost = rung, got
			rung += max(jump, stride)
		default:
			cheap, cheapCost = rung, got
			rung += min(jump, -stride)
		}
		if rung <= dear || rung >= cheap {
			rung = (dear + cheap) / 2
		}
		stride = 1 << min(i, 10)
	}
	switch {
	case dear < leastRung:
		return place{rung: leastRung, off: cheapCost/wanted - 1}, nil
	case cheap > mostRung:
		return place{rung: mostRung, off: dearCost/wanted - 1}, nil
	}
	return place{rung: dear, share: (dearCost - wanted) / (dearCost - cheapCost)}, nil
}
