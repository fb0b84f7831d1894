package activeusers

import (
	"container/list"
	"hash/maphash"
	"net/http"
	"sync"
	"time"
)

// maxUsers bounds the users that a Distinct tells apart, and with them its memory, to about 12 MB. It is far above what one process
// serves.
const maxUsers = 100_000

// Distinct counts distinct users. A user is active from the start of a request until the window after the end of the last one:
// someone who reads a page for less than the window between two clicks is one active user all the time, and so is someone with
// three streams open. NewDistinct makes one; it is safe for concurrent use.
//
// A request without a key, such as one before login, is work all the same: nobody knows whose, so it counts as a user of its own, from its
// start to its end.
//
// It remembers a 64-bit hash of each active user's key, not the key itself, which may be long or a secret. Among 100,000 users two have
// the same hash, and are taken for one, less than once in a thousand million times.
//
// It tells at most 100,000 users apart at a time, and takes about 12 MB for them. While there are as many, the requests of any further one
// count as those without a key do.
type Distinct struct {
	window time.Duration
	key    func(*http.Request) string
	seed   maphash.Seed

	mu      sync.Mutex       // guards all below
	users   map[uint64]*user // by the hash of their key
	idle    *list.List       // of *user: without a request in flight, in the order in which they cease to be active
	unknown int              // requests in flight of nobody among them
	total   integral
}

// user is one who is active.
type user struct {
	hash     uint64
	requests int           // in flight
	idle     *list.Element // in Distinct.idle; nil while requests are in flight
	until    time.Time     // when an idle user ceases to be active
}

// NewDistinct tells users apart by the key of their requests, for example Cookie("session"); the key is empty where there is none. A
// user is active for the window after the last request; a window of 0 or less counts only users with a request in flight.
func NewDistinct(window time.Duration, key func(*http.Request) string) *Distinct {
	return &Distinct{window: window, key: key, seed: maphash.MakeSeed(), users: map[uint64]*user{}, idle: list.New()}
}

// Cookie is the key that is in the named cookie.
func Cookie(name string) func(*http.Request) string {
	return func(r *http.Request) string {
		cookie, err := r.Cookie(name)
		if err != nil { // there is none
			return ""
		}
		return cookie.Value
	}
}

// Header is the key that is in the named header, such as one set by an authenticating proxy.
func Header(name string) func(*http.Request) string {
	return func(r *http.Request) string { return r.Header.Get(name) }
}

// Count serves by next, and counts the user of the request. All else is as with [InFlight.Count].
func (d *Distinct) Count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer d.Enter(d.key(r))()
		next.ServeHTTP(w, r)
	})
}

// Enter counts a user who does not come by a handler, as one request of the user with the key, which may be empty. The returned function
// ends it, and must be called once.
func (d *Distinct) Enter(key string) (leave func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.advanceLocked(time.Now())
	hash := maphash.String(d.seed, key)
	u := d.users[hash]
	if key == "" || u == nil && len(d.users) == maxUsers {
		d.unknown++
		return d.leaveUnknown
	}
	if u == nil {
		u = &user{hash: hash}
		d.users[hash] = u
	}
	if u.idle != nil {
		d.idle.Remove(u.idle)
		u.idle = nil
	}
	u.requests++
	return func() { d.leave(u) }
}

func (d *Distinct) leave(u *user) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	d.advanceLocked(now)
	u.requests--
	if u.requests == 0 {
		u.until = now.Add(d.window)
		u.idle = d.idle.PushBack(u) // the window is the same for all, so the order holds
	}
}

// leaveUnknown ends a request of a user who was not told apart.
func (d *Distinct) leaveUnknown() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.advanceLocked(time.Now())
	d.unknown--
}

// Read returns how many users are active and the user-seconds since the start, both of the same moment.
func (d *Distinct) Read() (active int, userSeconds float64) {
	known, unknown, userSeconds := d.Split()
	return known + unknown, userSeconds
}

// Split returns what Read does, with those who are told apart by their keys and the requests that count as users of their own one by one.
func (d *Distinct) Split() (known, unknown int, userSeconds float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.advanceLocked(time.Now())
	return len(d.users), d.unknown, d.total.userSeconds()
}

// ServeHTTP answers as InFlight's does.
func (d *Distinct) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	active, userSeconds := d.Read()
	report(w, r, active, userSeconds)
}

// advanceLocked forgets the users who have ceased to be active by now, each at its own moment.
func (d *Distinct) advanceLocked(now time.Time) {
	for e := d.idle.Front(); e != nil && !e.Value.(*user).until.After(now); e = d.idle.Front() {
		u := d.idle.Remove(e).(*user)
		d.total.advance(len(d.users)+d.unknown, u.until)
		delete(d.users, u.hash)
	}
	d.total.advance(len(d.users)+d.unknown, now)
}
