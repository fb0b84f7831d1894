// Package activeusers counts the active users of an HTTP server and answers /metrics with their number, so that an autoscaler can
// follow it. Three lines instrument an application:
//
//	var users activeusers.InFlight
//	http.Handle("/", users.Count(app))
//	http.Handle("GET /metrics", &users)
//
// What counts as a user is for the application to say: [InFlight] takes each request being served for one, [Distinct] tells them
// apart by a key, such as a session cookie, and goes on counting a user for a while after a request.
//
// Next to the number, active_users, stands its integral over time, active_user_seconds_total. A number that is read now and then
// misses what happens between two readings; the difference of two integrals over the time between them is the exact average.
//
// Only the standard library is imported.
package activeusers

import (
	"net/http"
	"sync"
	"time"
)

// InFlight takes each request that is being served for an active user. Its zero value is ready to use, with nobody active, and it is
// safe for concurrent use. It must not be copied after first use.
type InFlight struct {
	mu     sync.Mutex // guards all below
	active int
	total  integral
}

// Count serves by next, and counts a user from the request's arrival until next returns or panics. Next gets the ResponseWriter as it
// is, so that flushing, hijacking and http.ResponseController work as without. A stream is a user for as long as it lasts; a
// handler that hijacks its connection, returns and goes on elsewhere needs Enter and Leave there.
//
// The metrics' own handler is not for wrapping: every scrape would be a user.
func (u *InFlight) Count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.Enter()
		defer u.Leave()
		next.ServeHTTP(w, r)
	})
}

// Enter adds a user who does not come by a handler, such as one on a hijacked connection. Leave must follow once.
func (u *InFlight) Enter() { u.add(1) }

// Leave removes a user who entered.
func (u *InFlight) Leave() { u.add(-1) }

// Read returns how many users are active and the user-seconds since the start, both of the same moment.
func (u *InFlight) Read() (active int, userSeconds float64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.total.advance(u.active, time.Now())
	return u.active, u.total.userSeconds()
}

// ServeHTTP answers with active_users and active_user_seconds_total: in Prometheus' text format to a client that prefers it, in JSON to
// any other.
func (u *InFlight) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	active, userSeconds := u.Read()
	report(w, r, active, userSeconds)
}

func (u *InFlight) add(n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.total.advance(u.active, time.Now())
	u.active += n
}
