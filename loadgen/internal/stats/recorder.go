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
	WarmUp       int64                   // of the requests, those that were due in the warm-up, whose latencies are left out below
	ErrorsByKind map[request.Kind]int64  // sums to Errors
	Examples     map[request.Kind]string // the first error of each kind, in words
	All          *Latency                // of every request that was sent and not cut off; nil if there was none
	Successful   *Latency                // of the successes among them; nil if there was none
	Late         *Latency                // how much later than due requests were sent: this machine's part of their latency; nil as above
	CPU          time.Duration           // used by this process, on all cores, since the recorder was made
	Scenarios    []Scenario              // in the order of Config; none if there is but one
}

// Scenario is the part of a summary that one of several scenarios has.
type Scenario struct {
	Name      string
	Requests  int64
	Successes int64
	Errors    int64
	CutOff    int64
	All       *Latency // as in the summary
}

// Config is what a Recorder must know of the run.
type Config struct {
	Start     time.Time
	WarmUp    time.Duration                        // requests due before this is over are left out of the summary's latencies
	Planned   func(from, to time.Duration) float64 // the profile's mean between two offsets from Start: users, or arrivals per second
	Scenarios []string                             // their names, if there are several
}

// Request is one that is counted.
type Request struct {
	Due      time.Time // when it should have started
	Scenario int       // an index of Config.Scenarios
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
	late     *hdrhistogram.Histogram
	seconds  *seconds
	each     []*scenario // nil if there is but one
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
		late:      newHistogram(),
		seconds:   newSeconds(config, cpu),
		each:      newScenarios(config.Scenarios),
	}
}

// Start counts a request that starts now. It is in flight until its End.
func (r *Recorder) Start(q Request, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seconds.moveTo(now, r.inFlight).Started++
	r.offerLocked(q)
	r.inFlight++
	if !r.inWarmUp(q) {
		record(r.late, now.Sub(q.Due))
	}
}

// Skip counts a request that, as is known now, will not be sent.
func (r *Recorder) Skip(q Request, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seconds.moveTo(now, r.inFlight).fail(request.NotSent)
	r.offerLocked(q)
	r.countLocked(q, request.NotSent, nil)
}

func (r *Recorder) offerLocked(q Request) {
	r.seconds.offer(q.Due)
	if r.inWarmUp(q) {
		r.warmUp++
	}
}

func (r *Recorder) inWarmUp(q Request) bool { return q.Due.Sub(r.config.Start) < r.config.WarmUp }

// End counts how a request that has started has ended now. err is kept as an example if it is the first of its kind.
func (r *Recorder) End(q Request, kind request.Kind, err error, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	second := r.seconds.moveTo(now, r.inFlight)
	r.inFlight--
	second.Ended++
	r.countLocked(q, kind, err)
	switch kind {
	case request.CutOff:
		second.CutOff++
		return // how long it would have taken is unknown
	case request.Success:
		second.Successes++
	default:
		second.fail(kind)
	}
	r.recordLocked(q, kind, now.Sub(q.Due))
}

func (r *Recorder) recordLocked(q Request, kind request.Kind, took time.Duration) {
	r.seconds.record(took)
	if r.inWarmUp(q) {
		return
	}
	record(r.all, took)
	if kind == request.Success {
		record(r.success, took)
	}
	if r.each != nil {
		record(r.each[q.Scenario].all, took)
	}
}

func (r *Recorder) countLocked(q Request, kind request.Kind, err error) {
	r.counts[kind]++
	if r.each != nil {
		r.each[q.Scenario].count(kind)
	}
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
		Late:         latencyOf(r.late),
	}
	for _, one := range r.each {
		s.Scenarios = append(s.Scenarios, one.summary())
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
