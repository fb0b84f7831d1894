package server

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// visit is one stream, in milliseconds after the start. Streams, and the window, begin and end at even ones and metrics are read at odd
// ones, so that nothing happens in the moment of a reading.
type visit struct {
	start, end     int
	leaves         bool // the client does, at the end, and the stream would go on
	header, cookie string
}

func drawVisit(t *rapid.T) visit {
	key := rapid.SampledFrom([]string{"", "", "ann", "bob", "eve"})
	start := 2 * rapid.IntRange(0, 1000).Draw(t, "start")
	return visit{
		start: start, end: start + 2*rapid.IntRange(1, 1000).Draw(t, "duration"), leaves: rapid.Bool().Draw(t, "leaves"),
		header: key.Draw(t, "header"), cookie: key.Draw(t, "cookie"),
	}
}

func (v visit) make(s *Server) {
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	duration := v.end - v.start
	if v.leaves {
		time.AfterFunc(time.Duration(duration)*time.Millisecond, leave)
		duration += 1000
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprint("/stream?duration_ms=", duration), nil)
	if v.header != "" {
		r.Header.Set("X-User-ID", v.header)
	}
	if v.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "user_id", Value: v.cookie})
	}
	s.Handler().ServeHTTP(httptest.NewRecorder(), r)
}

// activeAt counts who is active at a moment: plainly, by looking at every visit.
func activeAt(ms, window int, visits []visit) (known, unknown, requests int) {
	users := map[string]bool{}
	for _, v := range visits {
		key := v.header
		if key == "" {
			key = v.cookie
		}
		if v.start <= ms && ms < v.end {
			requests++
			if key == "" {
				unknown++
			}
		}
		if key != "" && v.start <= ms && ms < v.end+window {
			users[key] = true
		}
	}
	return len(users), unknown, requests
}

// TestUsersAreExact has random overlapping streams of users with and without keys, and probes, in virtual time, and holds what /metrics says
// against a count of each millisecond.
func TestUsersAreExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		window := 2 * rapid.IntRange(0, 500).Draw(rt, "window")
		visits := rapid.SliceOfN(rapid.Custom(drawVisit), 0, 30).Draw(rt, "visits")
		readings := rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(0, 2500), func(n int) int { return 2*n + 1 }), 1, 6, rapid.ID).
			Draw(rt, "readings")
		slices.Sort(readings)
		var got, want []string
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t, func(c *Config) { c.UserWindow = time.Duration(window) * time.Millisecond })
			start := time.Now()
			sleepUntil := func(ms int) { time.Sleep(time.Until(start.Add(time.Duration(ms) * time.Millisecond))) }
			var wg sync.WaitGroup
			defer wg.Wait()
			for _, v := range visits {
				wg.Go(func() {
					sleepUntil(v.start)
					v.make(s)
				})
			}
			for _, at := range readings {
				sleepUntil(at)
				ask(s, "GET", "/healthz", "X-User-ID", "a probe")
				r := askReport(t, s)
				got = append(got, fmt.Sprintf("at %d ms: %d = %d + %d users, %v s; %d requests, %v s",
					at, r.ActiveUsers, r.Users.Known, r.Users.Unknown, r.ActiveUserSeconds, r.RequestsInFlight, r.RequestSeconds))
			}
		})
		userTime, requestTime, passed := 0, 0, 0 // milliseconds
		for _, at := range readings {
			for ; passed < at; passed++ {
				known, unknown, requests := activeAt(passed, window, visits)
				userTime, requestTime = userTime+known+unknown, requestTime+requests
			}
			known, unknown, requests := activeAt(at, window, visits)
			want = append(want, fmt.Sprintf("at %d ms: %d = %d + %d users, %v s; %d requests, %v s",
				at, known+unknown, known, unknown, seconds(userTime), requests, seconds(requestTime)))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// seconds is the same number as an exact count of nanoseconds makes.
func seconds(ms int) float64 { return float64(ms/1000) + float64(ms%1000)/1000 }
