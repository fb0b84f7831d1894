package exposition

import (
	"math"
	"slices"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// Sum is what the series of a selector add up to.
type Sum struct {
	Value  float64   // finite and not negative; meaningless with Err, or without Series
	Time   time.Time // when the oldest of them was measured that says so; zero if none does
	Series int       // how many there are; 0: absent, which is not zero
	Err    error     // a refusal: of something that is there, and not a number to calculate with

	hashes []uint64 // of the series' labels
}

// Sums adds up, in one pass, the series of each selector. Its error is a refusal of the whole body.
func Sums(contentType string, body []byte, selectors ...Selector) ([]Sum, error) {
	sums := make([]Sum, len(selectors))
	err := scan(contentType, body, selectors, func(i int, e entry) { sums[i].add(selectors[i], e) })
	if err != nil {
		return nil, err
	}
	for i := range sums {
		slices.Sort(sums[i].hashes)
		if len(slices.Compact(sums[i].hashes)) < sums[i].Series {
			return nil, sample.Refuse(sample.ReasonMalformed, "a series of %v is there twice", selectors[i])
		}
	}
	return sums, nil
}

func (s *Sum) add(of Selector, e entry) {
	if e.parts {
		s.Err = sample.Refuse(sample.ReasonNoValue, "%v is a histogram or a summary, which has no single value; its _sum and _count do", of)
		return
	}
	s.Series++
	s.hashes = append(s.hashes, e.Labels.Hash())
	if !e.Time.IsZero() && (s.Time.IsZero() || e.Time.Before(s.Time)) {
		s.Time = e.Time
	}
	if s.Err != nil {
		return
	}
	s.Value += e.Value
	switch {
	case !(e.Value >= 0) || math.IsInf(e.Value, 0):
		s.Err = sample.Refuse(sample.ReasonOutOfRange, "%.200s is %v, want a finite number of 0 or more", e.Labels.String(), e.Value)
	case math.IsInf(s.Value, 0):
		s.Err = sample.Refuse(sample.ReasonOutOfRange, "the sum of %v is over any number", of)
	}
}
