// Package users counts the active users of the workload: requests that are being served right now. Next to the count it
// keeps its integral over time, because a count that is read now and then misses what happens between two readings, while
// the difference of two integrals over the time between them is the exact average.
package users

import (
	"sync"
	"time"
)

// Tracker counts active users. It is safe for concurrent use; New makes one.
type Tracker struct {
	mu      sync.Mutex // guards all below
	active  int
	since   time.Time     // the integral is complete up to here
	seconds uint64        // whole user-seconds, apart from the rest so that the sum neither overflows nor loses precision
	rest    time.Duration // user-time below one second
}

// New starts counting now, with nobody active.
func New() *Tracker {
	return &Tracker{since: time.Now()}
}

// Enter adds a user. Leave must follow once.
func (t *Tracker) Enter() {
	t.add(1)
}

// Leave removes a user who entered.
func (t *Tracker) Leave() {
	t.add(-1)
}

// Read returns how many users are active and the user-seconds since the start, both of the same moment.
func (t *Tracker) Read() (active int, userSeconds float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.integrateLocked()
	return t.active, float64(t.seconds) + t.rest.Seconds()
}

// Active returns how many users are active.
func (t *Tracker) Active() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.active
}

func (t *Tracker) add(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.integrateLocked()
	t.active += n
}

func (t *Tracker) integrateLocked() {
	now := time.Now()
	t.rest += time.Duration(t.active) * now.Sub(t.since)
	t.since = now
	t.seconds += uint64(t.rest / time.Second)
	t.rest %= time.Second
}
