package gpu

import "time"

// Simulator is a device that sleeps. It counts the time that really passed, so that a late wake-up on a busy machine makes
// a slice longer but no job needs more GPU time than it asked for.
type Simulator struct{}

// Run implements Device.
func (Simulator) Run(d time.Duration) (time.Duration, error) {
	start := time.Now()
	time.Sleep(d)
	return time.Since(start), nil
}
