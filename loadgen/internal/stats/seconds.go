package stats

import (
	"maps"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"userscale.dev/userscale/loadgen/internal/request"
)

// RecentSeconds is how far the live numbers look back.
const RecentSeconds = 5

// seconds cuts a run into seconds. The last one is current: counts go to it, and it is closed as soon as a later time is seen. A time
// before the current second (goroutines get their turn in any order) counts as in it. Its user guards it.
type seconds struct {
	start   time.Time
	planned func(from, to time.Duration) float64
	cpu     func() time.Duration // used by this process since whenever

	all       []Second
	latencies *hdrhistogram.WindowedHistogram // of the current second and those before it that are recent
	cpuBefore time.Duration                   // at the start of the current second
}

func newSeconds(config Config, cpu func() time.Duration) *seconds {
	return &seconds{
		start:     config.Start,
		planned:   config.Planned,
		cpu:       cpu,
		all:       make([]Second, 1),
		latencies: hdrhistogram.NewWindowed(RecentSeconds+1, 1, maxMicros, digits),
		cpuBefore: cpu(),
	}
}

// moveTo makes the second that now lies in the current one, and returns it.
func (s *seconds) moveTo(now time.Time, inFlight int64) *Second {
	i := s.index(now)
	if len(s.all) > i {
		return &s.all[len(s.all)-1]
	}
	used := s.cpu()
	for gone := 0; len(s.all) <= i; gone++ {
		s.finish(&s.all[len(s.all)-1], inFlight, used)
		s.all = append(s.all, Second{})
		s.cpuBefore = used
		if gone <= RecentSeconds { // after that all are empty, and a machine may sleep for hours
			s.latencies.Rotate()
		}
	}
	return &s.all[len(s.all)-1]
}

func (s *seconds) index(at time.Time) int { return int(max(0, at.Sub(s.start)/time.Second)) }

// offer counts a request due at some second that has been.
func (s *seconds) offer(due time.Time) {
	s.all[min(s.index(due), len(s.all)-1)].Offered++
}

func (s *seconds) record(took time.Duration) { record(s.latencies.Current, took) }

// finish fills in what is known at the end of the current second; used is the CPU time by then.
func (s *seconds) finish(current *Second, inFlight int64, used time.Duration) {
	at := time.Duration(len(s.all)-1) * time.Second
	current.Planned = s.planned(at, at+time.Second)
	current.InFlight = inFlight
	current.Latency = quantilesOf(s.latencies.Current)
	current.CPU = (used - s.cpuBefore).Seconds()
}

// upTo returns a copy of all seconds, the current one as far as it is known.
func (s *seconds) upTo(now time.Time, inFlight int64) []Second {
	s.moveTo(now, inFlight)
	all := slices.Clone(s.all)
	for i := range all {
		all[i].Errors = maps.Clone(all[i].Errors)
	}
	s.finish(&all[len(all)-1], inFlight, s.cpu())
	return all
}

// recent returns the last complete seconds, at most RecentSeconds, and the latencies of what ended in them and since.
func (s *seconds) recent() ([]Second, *Latency) {
	complete := s.all[:len(s.all)-1]
	return complete[max(0, len(complete)-RecentSeconds):], latencyOf(s.latencies.Merge())
}

func (s *Second) fail(kind request.Kind) {
	if s.Errors == nil {
		s.Errors = map[request.Kind]int64{}
	}
	s.Errors[kind]++
}

func quantilesOf(h *hdrhistogram.Histogram) *Quantiles {
	if h.TotalCount() == 0 {
		return nil
	}
	at := func(percentile float64) float64 { return micros(h.ValueAtPercentile(percentile)).Seconds() }
	return &Quantiles{P50: at(50), P95: at(95), P99: at(99)}
}
