package promql

import (
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// Combine is what several values of one pod make.
type Combine string

// The ways to combine, spelt as in the configuration. A sum with a bad value, or with fewer values than there should be, is none; of
// an average or a maximum, bad values are left out.
const (
	Sum     Combine = "Sum"
	Average Combine = "Average"
	Max     Combine = "Max"
)

// combine makes one value of a pod's series, as old as the oldest of them.
func (s *Source) combine(p *parts, partial bool) (sample.Sample, *sample.Failure) {
	switch {
	case p.bad != nil && (s.config.Combine == Sum || len(p.good) == 0):
		return sample.Sample{}, p.bad
	case len(p.good) == 0:
		return sample.Sample{}, p.old
	}
	if had := s.whole[p.pod.UID]; partial && s.config.Combine == Sum && len(p.good) < had {
		return sample.Sample{}, &sample.Failure{Pod: p.pod.UID, Reason: sample.ReasonNoValue,
			Err: fmt.Errorf("the answer is partial: it has %d series of this pod, the last whole one had %d", len(p.good), had)}
	}
	value := s.config.Combine.of(p.good)
	if !(value >= s.config.Min && value <= s.config.Max) {
		return sample.Sample{}, &sample.Failure{Pod: p.pod.UID, Reason: sample.ReasonOutOfRange,
			Err: fmt.Errorf("value %v, the %s of %d series, is not in [%v, %v]",
				value, strings.ToLower(string(s.config.Combine)), len(p.good), s.config.Min, s.config.Max)}
	}
	return sample.Sample{Pod: p.pod.UID, Value: value, Time: oldest(p.good), Note: s.note(p)}, nil
}

func (c Combine) of(points []Point) float64 {
	value := points[0].Value
	for i, p := range points[1:] {
		switch c {
		case Average:
			value += (p.Value - value) / float64(i+2) // a running mean stays within the values' range where their sum would not
		case Max:
			value = max(value, p.Value)
		default:
			value += p.Value
		}
	}
	return value
}

func oldest(points []Point) time.Time {
	t := points[0].Time
	for _, p := range points[1:] {
		if p.Time.Before(t) {
			t = p.Time
		}
	}
	return t
}

// note says how a value came about where it is more than one series' own.
func (s *Source) note(p *parts) string {
	n := len(p.good) + p.nBad
	if n == 1 {
		return ""
	}
	note := fmt.Sprintf("%s of %d series", strings.ToLower(string(s.config.Combine)), len(p.good))
	if p.nBad > 0 {
		note += fmt.Sprintf(", %d left out: %v", p.nBad, p.bad.Err)
	}
	return note
}

// remember counts the series of each pod in an answer that is not partial.
func (s *Source) remember(found []*parts) {
	s.whole = make(map[types.UID]int, len(found))
	for _, p := range found {
		s.whole[p.pod.UID] = len(p.good)
	}
}
