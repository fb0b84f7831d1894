package stats

import "time"

// Live is how things go right now.
type Live struct {
	Planned  float64  // the profile's mean over the last complete second: users, or arrivals per second
	InFlight int64    // requests
	Errors   int64    // since the start
	Offered  float64  // requests due per second, in the last RecentSeconds seconds
	Rate     float64  // requests that ended per second, in the same
	Recent   *Latency // of those; nil if none ended
}

// Live returns how things go at now. It looks back from the end of the last complete second; before there is one, rates are 0.
func (r *Recorder) Live(now time.Time) Live {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seconds.moveTo(now, r.inFlight)
	live := Live{InFlight: r.inFlight, Errors: r.errorsLocked()}
	complete, recent := r.seconds.recent()
	live.Recent = recent
	for _, s := range complete {
		live.Planned = s.Planned
		live.Offered += float64(s.Offered) / float64(len(complete))
		live.Rate += float64(s.Ended) / float64(len(complete))
	}
	return live
}
