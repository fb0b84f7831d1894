package report

import (
	"userscale.dev/userscale/loadgen/internal/stats"
	"userscale.dev/userscale/picture"
)

// shortest is the part of a second, of the last one that a run did not fill, from which a rate can be told.
const shortest = 0.2

// ends are when the seconds of the longest of some runs end, from the start: what happened in a second is drawn there.
func ends(runs ...*Result) []float64 {
	longest := 0
	for _, r := range runs {
		longest = max(longest, len(r.Series.Seconds))
	}
	times := make([]float64, longest)
	for i := range times {
		times[i] = float64(i + 1)
	}
	return times
}

// curve is a figure of each second; it is absent where of says so, and beyond the run's end.
func (r *Result) curve(times []float64, of func(*stats.Second) float64) picture.Values {
	values := make(picture.Values, len(times))
	for i := range values {
		values[i] = picture.Absent()
		if i < len(r.Series.Seconds) {
			values[i] = of(&r.Series.Seconds[i])
		}
	}
	return values
}

// rates are a count per second; of the last second, as far as it was one.
func (r *Result) rates(times []float64, of func(*stats.Second) float64) picture.Values {
	values := r.curve(times, of)
	last := len(r.Series.Seconds) - 1
	if last < 0 {
		return values
	}
	switch length := r.ElapsedSeconds - float64(last); {
	case length < shortest:
		values[last] = picture.Absent()
	case length < 1:
		values[last] /= length
	}
	return values
}

func offered(s *stats.Second) float64  { return float64(s.Offered) }
func ended(s *stats.Second) float64    { return float64(s.Ended) }
func inFlight(s *stats.Second) float64 { return float64(s.InFlight) }
func planned(s *stats.Second) float64  { return s.Planned }
func errorsIn(s *stats.Second) float64 { return float64(failed(s)) }
func cores(s *stats.Second) float64    { return 100 * s.CPU }

// quantile is one of a second's latencies. They are counted in microseconds, so that less than one counts as one, on an axis that has
// no 0.
func quantile(of func(*stats.Quantiles) float64) func(*stats.Second) float64 {
	return func(s *stats.Second) float64 {
		if s.Latency == nil {
			return picture.Absent()
		}
		return max(of(s.Latency), 1e-6)
	}
}

var (
	p50 = quantile(func(q *stats.Quantiles) float64 { return q.P50 })
	p95 = quantile(func(q *stats.Quantiles) float64 { return q.P95 })
	p99 = quantile(func(q *stats.Quantiles) float64 { return q.P99 })
)
