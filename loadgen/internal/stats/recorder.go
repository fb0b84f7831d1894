// Package stats counts requests. Every one that started is a success, an error of some kind, or cut off: nothing is left out.
package stats

import (
	"maps"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"userscale.dev/userscale/loadgen/internal/request"
)

// Summary is the count of everything so far. Requests = Successes + Errors + CutOff once nothing is in flight.
type Summary struct {
	Requests     int64
	Successes    int64
	Errors       int64
	CutOff       int64                   // ended by the user; neither a success nor an error
	ErrorsByKind map[request.Kind]int64  // sums to Errors
	Examples     map[request.Kind]string // the first error of each kind, in words
	All          *Latency                // of every request that was sent and not cut off; nil if there was none
	Successful   *Latency                // of the successes; nil if there was none
}

// Recorder counts requests as they start and end. It is safe for concurrent use.
type Recorder struct {
	mu       sync.Mutex // guards everything below
	inFlight int64
	counts   map[request.Kind]int64
	examples map[request.Kind]string
	all      *hdrhistogram.Histogram
	success  *hdrhistogram.Histogram
	recent   *window
}

// NewRecorder returns a recorder that has counted nothing.
func NewRecorder() *Recorder {
	return &Recorder{
		counts:   map[request.Kind]int64{},
		examples: map[request.Kind]string{},
		all:      newHistogram(),
		success:  newHistogram(),
		recent:   newWindow(),
	}
}

// Start counts a request as in flight until its End.
func (r *Recorder) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inFlight++
}

// End counts how a request ended, and after how long. err is kept as an example if it is the first of its kind.
func (r *Recorder) End(kind request.Kind, err error, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inFlight--
	r.countLocked(kind, err)
	if kind == request.CutOff {
		return // how long it would have taken is unknown
	}
	record(r.all, took)
	r.recent.record(took)
	if kind == request.Success {
		record(r.success, took)
	}
}

// Skip counts a request that was due but not sent.
func (r *Recorder) Skip() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.countLocked(request.NotSent, nil)
}

func (r *Recorder) countLocked(kind request.Kind, err error) {
	r.counts[kind]++
	if _, seen := r.examples[kind]; !seen && err != nil {
		r.examples[kind] = err.Error()
	}
}

// Summary returns the counts so far.
func (r *Recorder) Summary() Summary {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Summary{
		Successes:    r.counts[request.Success],
		CutOff:       r.counts[request.CutOff],
		Errors:       r.errorsLocked(),
		ErrorsByKind: maps.Clone(r.counts),
		Examples:     maps.Clone(r.examples),
		All:          latencyOf(r.all),
		Successful:   latencyOf(r.success),
	}
	s.Requests = s.Successes + s.Errors + s.CutOff
	for _, kind := range []request.Kind{request.Success, request.CutOff} {
		delete(s.ErrorsByKind, kind)
		delete(s.Examples, kind)
	}
	return s
}

func (r *Recorder) errorsLocked() int64 {
	var sum int64
	for kind, n := range r.counts {
		if kind != request.Success && kind != request.CutOff {
			sum += n
		}
	}
	return sum
}
