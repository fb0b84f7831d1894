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
	WarmUp       int64                   // of the requests, those that were due in the warm-up
	ErrorsByKind map[request.Kind]int64  // sums to Errors
	Examples     map[request.Kind]string // the first error of each kind, in words
	All          *Latency                // of every request that was due after the warm-up, sent and not cut off; nil if there was none
	Successful   *Latency                // of the successes among them; nil if there was none
	CPU          time.Duration           // used by this process, on all cores, since the recorder was made
}

// Config is what a Recorder must know of the run.
type Config struct {
	Start   time.Time
	WarmUp  time.Duration                        // requests due before this is over are left out of the summary's latencies
	Planned func(from, to time.Duration) float64 // the profile's mean between two offsets from Start: users, or arrivals per second
}

// Recorder counts requests as they start and end. It is safe for concurrent use.
type Recorder struct {
	config    Config
	cpu       func() time.Duration
	cpuBefore time.Duration

	mu       sync.Mutex // guards everything below
	inFlight int64
	warmUp   int64
	counts   map[request.Kind]int64
	examples map[request.Kind]string
	all      *hdrhistogram.Histogram
	success  *hdrhistogram.Histogram
	seconds  *seconds
}

// NewRecorder returns a recorder that has counted nothing.
func NewRecorder(config Config) *Recorder { return newRecorder(config, ownCPU) }

func newRecorder(config Config, cpu func() time.Duration) *Recorder {
	return &Recorder{
		config:    config,
		cpu:       cpu,
		cpuBefore: cpu(),
		counts:    map[request.Kind]int64{},
		examples:  map[request.Kind]string{},
		all:       newHistogram(),
		success:   newHistogram(),
		seconds:   newSeconds(config, cpu),
	}
}

// Start counts a request that was due at due and starts now. It is in flight until its End.
func (r *Recorder) Start(due, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seconds.moveTo(now, r.inFlight).Started++
	r.offerLocked(due)
	r.inFlight++
}

// Skip counts a request that was due at due and, as is known now, will not be sent.
func (r *Recorder) Skip(due, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seconds.moveTo(now, r.inFlight).fail(request.NotSent)
	r.offerLocked(due)
	r.countLocked(request.NotSent, nil)
}

func (r *Recorder) offerLocked(due time.Time) {
	r.seconds.offer(due)
	if r.inWarmUp(due) {
		r.warmUp++
	}
}

func (r *Recorder) inWarmUp(due time.Time) bool { return due.Sub(r.config.Start) < r.config.WarmUp }

// End counts how a request that was due at due has ended now. err is kept as an example if it is the first of its kind.
func (r *Recorder) End(kind request.Kind, err error, due, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	second := r.seconds.moveTo(now, r.inFlight)
	r.inFlight--
	second.Ended++
	r.countLocked(kind, err)
	switch kind {
	case request.CutOff:
		second.CutOff++
		return // how long it would have taken is unknown
	case request.Success:
		second.Successes++
	default:
		second.fail(kind)
	}
	r.recordLocked(kind, due, now.Sub(due))
}

func (r *Recorder) recordLocked(kind request.Kind, due time.Time, took time.Duration) {
	r.seconds.record(took)
	if r.inWarmUp(due) {
		return
	}
	record(r.all, took)
	if kind == request.Success {
		record(r.success, took)
	}
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
		WarmUp:       r.warmUp,
		CPU:          r.cpu() - r.cpuBefore,
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
