package activeusers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// history is a random one of overlapping requests, in milliseconds after its start. Requests and windows begin and end at even ones
// and readings are at odd ones, so that nothing happens in the moment of a reading.
type history struct {
	requests []request
	window   int
	readings []int
}

type request struct {
	start, end int
	key        string
	panics     bool
}

func drawHistory(t *rapid.T) history {
	even := func(most int) *rapid.Generator[int] {
		return rapid.Map(rapid.IntRange(0, most/2), func(n int) int { return 2 * n })
	}
	h := history{
		window:   even(200).Draw(t, "window"),
		readings: rapid.SliceOfN(rapid.Map(even(800), func(n int) int { return n + 1 }), 1, 10).Draw(t, "readings"),
	}
	slices.Sort(h.readings)
	for range rapid.IntRange(0, 40).Draw(t, "requests") {
		start := even(400).Draw(t, "start")
		h.requests = append(h.requests, request{
			start: start, end: start + even(200).Draw(t, "duration"),
			key: rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(t, "key"), panics: rapid.Bool().Draw(t, "panics"),
		})
	}
	return h
}

// tracker is what both kinds have in common.
type tracker interface {
	Count(http.Handler) http.Handler
	Read() (int, float64)
}

// play makes the requests in virtual time, each in a goroutine of its own, and returns what was read. What happens at the same virtual
// moment happens concurrently.
func (h history) play(t *testing.T, newTracker func() tracker) (readings []string) {
	synctest.Test(t, func(*testing.T) {
		users := newTracker()
		start := time.Now()
		sleepUntil := func(ms int) { time.Sleep(time.Until(start.Add(time.Duration(ms) * time.Millisecond))) }
		var wg sync.WaitGroup
		for _, r := range h.requests {
			wg.Go(func() {
				defer func() { _ = recover() }()
				sleepUntil(r.start)
				handler := users.Count(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
					sleepUntil(r.end)
					if r.panics {
						panic(http.ErrAbortHandler)
					}
				}))
				request := httptest.NewRequest(http.MethodGet, "/", nil)
				request.Header.Set("X-User", r.key)
				handler.ServeHTTP(httptest.NewRecorder(), request)
			})
		}
		for _, at := range h.readings {
			sleepUntil(at)
			active, seconds := users.Read()
			readings = append(readings, reading(at, active, seconds))
		}
		wg.Wait()
	})
	return readings
}

// expect counts, for each millisecond up to each reading, who is active in it.
func (h history) expect(active func(ms int) int) (readings []string) {
	for _, at := range h.readings {
		sum := 0
		for ms := range at {
			sum += active(ms)
		}
		readings = append(readings, reading(at, active(at), float64(sum/1000)+float64(sum%1000)/1000))
	}
	return readings
}

func reading(at, active int, seconds float64) string {
	return fmt.Sprintf("at %d ms: %d active, %v user-seconds", at, active, seconds)
}

func TestInFlightIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := drawHistory(rt)
		got := h.play(t, func() tracker { return new(InFlight) })
		want := h.expect(func(ms int) (active int) {
			for _, r := range h.requests {
				if r.start <= ms && ms < r.end {
					active++
				}
			}
			return active
		})
		if !slices.Equal(got, want) {
			rt.Fatalf("got  %q\nwant %q", got, want)
		}
	})
}

func TestDistinctIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := drawHistory(rt)
		got := h.play(t, func() tracker { return NewDistinct(time.Duration(h.window)*time.Millisecond, Header("X-User")) })
		want := h.expect(func(ms int) (active int) {
			known := map[string]bool{}
			for _, r := range h.requests {
				switch {
				case r.key != "" && r.start <= ms && ms < r.end+h.window:
					known[r.key] = true
				case r.key == "" && r.start <= ms && ms < r.end:
					active++
				}
			}
			return active + len(known)
		})
		if !slices.Equal(got, want) {
			rt.Fatalf("got  %q\nwant %q", got, want)
		}
	})
}
