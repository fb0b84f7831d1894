package activeusers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// TestWindow follows one user through two tabs, a pause within the window, and one beyond it.
func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		users := NewDistinct(30*time.Second, Cookie("session"))
		want := func(active int, seconds float64) {
			t.Helper()
			if a, s := users.Read(); a != active || s != seconds {
				t.Errorf("%d active, %v user-seconds, want %d and %v", a, s, active, seconds)
			}
		}
		first, second := users.Enter("ann"), users.Enter("ann")
		time.Sleep(40 * time.Second) // longer than the window, but in flight
		want(1, 40)
		first()
		time.Sleep(40 * time.Second)
		want(1, 80)
		second()
		time.Sleep(20 * time.Second)
		want(1, 100)
		users.Enter("ann")()
		time.Sleep(25 * time.Second)
		want(1, 125)
		time.Sleep(10 * time.Second)
		want(0, 130) // for exactly 30 s after the last request
		time.Sleep(time.Hour)
		users.Enter("ann")()
		users.Enter("bob")()
		want(2, 130)
	})
}

// TestWithoutKey has requests of somebody and of nobody known.
func TestWithoutKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		users := NewDistinct(time.Minute, Header("X-User"))
		ann, first, second := users.Enter("ann"), users.Enter(""), users.Enter("")
		time.Sleep(time.Second)
		if known, unknown, seconds := users.Split(); known != 1 || unknown != 2 || seconds != 3 {
			t.Errorf("%d known, %d unknown, %v user-seconds, want ann, two others, and 3", known, unknown, seconds)
		}
		first()
		second()
		ann()
		time.Sleep(time.Second)
		if known, unknown, seconds := users.Split(); known != 1 || unknown != 0 || seconds != 4 {
			t.Errorf("%d known, %d unknown, %v user-seconds, want ann alone, and 4", known, unknown, seconds)
		}
	})
}

// TestNoWindow counts nobody without a request in flight.
func TestNoWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where no time passes
		for _, window := range []time.Duration{0, -time.Second} {
			users := NewDistinct(window, Header("X-User"))
			users.Enter("ann")()
			leave := users.Enter("bob")
			wantActive(t, users, 1)
			leave()
			wantActive(t, users, 0)
		}
	})
}

// TestBound has more users than are told apart.
func TestBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		users := NewDistinct(time.Minute, Header("X-User"))
		for i := range maxUsers {
			users.Enter(fmt.Sprint("user ", i))()
		}
		leave := users.Enter("one more")
		leaveAgain := users.Enter("one more") // not told apart
		users.Enter("user 7")()               // known
		if active, _ := users.Read(); active != maxUsers+2 || len(users.users) != maxUsers {
			t.Errorf("%d active, %d remembered, want %d and %d", active, len(users.users), maxUsers+2, maxUsers)
		}
		leave()
		leaveAgain()
		if active, _ := users.Read(); active != maxUsers {
			t.Errorf("%d active, want %d: those beyond only while their requests last", active, maxUsers)
		}
		time.Sleep(time.Minute)
		users.Enter("one more")()
		if active, _ := users.Read(); active != 1 || len(users.users) != 1 || users.idle.Len() != 1 {
			t.Errorf("%d active, %d remembered, %d idle, want 1 of each", active, len(users.users), users.idle.Len())
		}
	})
}

// TestMemory holds the documented bound against what as many users as are told apart take.
func TestMemory(t *testing.T) {
	users := NewDistinct(time.Hour, Header("X-User"))
	before := heap()
	for i := range maxUsers {
		users.Enter(fmt.Sprint("a key that is not kept, whatever its length, ", i))()
	}
	taken := heap() - before
	t.Logf("%d users take %d bytes", len(users.users), taken)
	if taken > 20e6 {
		t.Errorf("%d users take %d bytes, want at most 20 MB", len(users.users), taken)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestKeys(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for name, key := range map[string]func(*http.Request) string{"cookie": Cookie("session"), "header": Header("X-User")} {
		if got := key(r); got != "" {
			t.Errorf("%s: %q of a request without, want nothing", name, got)
		}
	}
	r.Header.Set("X-User", "ann")
	r.AddCookie(&http.Cookie{Name: "session", Value: "s1"})
	if got := Cookie("session")(r); got != "s1" {
		t.Errorf("cookie: %q, want s1", got)
	}
	if got := Header("x-user")(r); got != "ann" {
		t.Errorf("header: %q, want ann", got)
	}
}
