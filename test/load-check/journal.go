package main

import (
	"math"
	"net/http"
	"slices"
	"sync"
	"time"
)

// journal is what a server did since its last page was turned.
type journal struct {
	mu    sync.Mutex // guards page
	page  page
	users map[string]bool
	turns int // of the kinds of broken answers
}

// page is what the server tells of itself.
type page struct {
	Requests int64
	ByPath   map[string]int64 // requests
	ByKind   map[string]int64 // requests to broken answers
	Users    int              // different keys in X-User-ID
	Drawn    []time.Duration  // latencies that were wanted
	Taken    []time.Duration  // the same ones, by the server's clock, its timer's lateness included
}

func newJournal() *journal {
	return &journal{page: blank(), users: map[string]bool{}}
}

func (j *journal) count(r *http.Request) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.page.Requests++
	j.page.ByPath[r.URL.Path]++
	if user := r.Header.Get("X-User-ID"); user != "" {
		j.users[user] = true
	}
}

func (j *journal) time(drawn, taken time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.page.Drawn = append(j.page.Drawn, drawn)
	j.page.Taken = append(j.page.Taken, taken)
}

// turn returns the page and begins a new one.
func (j *journal) turn() page {
	j.mu.Lock()
	defer j.mu.Unlock()
	done := j.page
	done.Users = len(j.users)
	j.page, j.users = blank(), map[string]bool{}
	return done
}

// quantile returns the smallest value that the fraction q of all are at most.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

func blank() page { return page{ByPath: map[string]int64{}, ByKind: map[string]int64{}} }
