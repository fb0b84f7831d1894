package engine

import "math/rand/v2"

// Mix draws scenarios by their weights.
type Mix struct {
	upTo []float64 // the sum of the weights up to and with each
}

// NewMix mixes scenarios of these weights, all above 0.
func NewMix(weights ...float64) Mix {
	var m Mix
	sum := 0.0
	for _, w := range weights {
		sum += w
		m.upTo = append(m.upTo, sum)
	}
	return m
}

// pick returns scenario i with the probability weight i / sum of the weights.
func (m Mix) pick(random *rand.Rand) int {
	last := len(m.upTo) - 1
	if last <= 0 {
		return 0
	}
	at := random.Float64() * m.upTo[last]
	for i, upTo := range m.upTo[:last] {
		if at < upTo {
			return i
		}
	}
	return last
}
