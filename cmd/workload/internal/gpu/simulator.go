package gpu

import "time"

// Simulator is a device that sleeps. Like a GPU it keeps its own time: when a slice is over, the next one has begun, even if whoever waits
// wakes up late on a busy machine.
type Simulator struct {
	free    time.Time // when it is through with all that was started
	started []finish  // and not waited for, the oldest first
}

// finish is when a slice is over, and how long it is.
type finish struct {
	at     time.Time
	length time.Duration
}

// Start implements Device.
func (s *Simulator) Start(d time.Duration) error {
	if now := time.Now(); s.free.Before(now) {
		s.free = now
	}
	s.free = s.free.Add(d)
	s.started = append(s.started, finish{s.free, d})
	return nil
}

// Wait implements Device.
func (s *Simulator) Wait() (time.Duration, error) {
	first := s.started[0]
	s.started = s.started[1:]
	time.Sleep(time.Until(first.at))
	return first.length, nil
}
