package activeusers

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, users := range map[string]tracker{"in flight": new(InFlight), "distinct": NewDistinct(time.Hour, Header("X-User"))} {
			time.Sleep(time.Hour)
			if active, seconds := users.Read(); active != 0 || seconds != 0 {
				t.Errorf("%s: %d, %v, want nobody", name, active, seconds)
			}
		}
	})
}

// TestLongRun has more user-time than fits into a time.Duration, with and without readings on the way.
func TestLongRun(t *testing.T) {
	for name, pause := range map[string]time.Duration{"each day": 24 * time.Hour, "once": 365 * 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			var users InFlight
			const many, year = 10_000, 365 * 24 * 3600
			for range many {
				users.Enter()
			}
			for start := time.Now(); time.Since(start) < year*time.Second; {
				time.Sleep(pause)
				users.Read()
			}
			if _, seconds := users.Read(); seconds != many*year {
				t.Errorf("read %s: %v user-seconds, want %v", name, seconds, many*year)
			}
		})
	}
}

func TestConcurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var users InFlight
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				users.Enter()
				defer users.Leave()
				users.Read()
				time.Sleep(time.Second)
			})
		}
		wg.Wait()
		if active, seconds := users.Read(); active != 0 || seconds != 100 {
			t.Errorf("Read() = %d, %v, want 0, 100", active, seconds)
		}
	})
}

// BenchmarkCount is what the middleware adds to a request.
func BenchmarkCount(b *testing.B) {
	empty := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, users := range map[string]tracker{"in-flight": new(InFlight), "distinct": NewDistinct(time.Minute, Header("X-User"))} {
		b.Run(name, func(b *testing.B) {
			handler := users.Count(empty)
			w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("X-User", "somebody")
			b.ReportAllocs()
			for b.Loop() {
				handler.ServeHTTP(w, r)
			}
		})
	}
}

func TestInFlightAllocatesNothing(t *testing.T) {
	handler := new(InFlight).Count(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	if n := testing.AllocsPerRun(100, func() { handler.ServeHTTP(w, r) }); n != 0 {
		t.Errorf("%v allocations per request, want none", n)
	}
}
