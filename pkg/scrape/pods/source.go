// Package pods measures one metric by asking each opted-in pod for it, at the pod's own IP and nowhere else: no name is
// resolved, no proxy used, no redirect followed. One pod never fails a collection: what it did not give is a Failure.
package pods

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

// Bounds that no configuration needs to change.
const (
	// concurrency bounds the requests in flight, and with them sockets and buffers. Requests go out in one burst rather
	// than evenly spaced: a nearly idle machine spends up to ten times the CPU on each when it is woken for every one.
	concurrency = 256
	// accept asks for JSON first, the smallest.
	accept = "application/json, text/plain;version=0.0.4;q=0.5"
)

// Config says what to ask for.
type Config struct {
	Metric  string        // the metric's name in the adapter's configuration
	Field   string        // dotted path in a JSON body, metric name in Prometheus text
	Counter string        // likewise, of the field's integral over time, in the field's unit times seconds; empty: there is none
	MaxAge  time.Duration // a counter's rate stands for no longer time; 0: for any
	Timeout time.Duration // for each pod, from connecting to the last byte
	// Transport says who the adapter is, as fetch.New has it; nil: nobody.
	Transport http.RoundTripper
}

// targets lists the pods to ask for a metric. It appends to buf and returns it; each has a Target of that metric and an IP.
type targets interface {
	Targets(metric string, buf []sample.Pod) []sample.Pod
}

// Source collects one metric from the pods. Collect must not be called concurrently with itself.
type Source struct {
	config  Config
	targets targets
	client  *fetch.Client
	failing failing      // which pods failed last time
	rates   rates        // the pods' counters
	buf     []sample.Pod // kept between collections, so that listing allocates nothing
	answers []answer     // likewise
}

// New returns a source with connections of its own.
func New(c Config, t targets) *Source {
	return &Source{config: c, targets: t, client: fetch.New(accept, c.Transport), failing: failing{}, rates: newRates(c.MaxAge)}
}

// answer is what asking one pod brought: a sample, or a failure with a reason.
type answer struct {
	sample     sample.Sample
	failure    sample.Failure
	counter    float64 // meaningless unless hasCounter
	hasCounter bool
}

// Collect asks every pod once and returns when the last has answered or timed out. Cancelling ctx ends it early, with
// failures that say nothing of the pods.
func (s *Source) Collect(ctx context.Context) sample.Batch {
	s.buf = s.targets.Targets(s.config.Metric, s.buf[:0])
	s.failing.last(s.buf)
	s.answers = append(s.answers[:0], make([]answer, len(s.buf))...)

	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(concurrency, len(s.buf)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(s.buf)); i = next.Add(1) - 1 {
				s.answers[i] = s.ask(ctx, &s.buf[i])
			}
		})
	}
	workers.Wait()

	s.rates.update(s.buf, s.answers)
	if ctx.Err() == nil {
		s.failing.update(ctx, s.config.Metric, s.buf, s.answers)
	}
	return s.batch()
}

// ask gets one pod's reading.
func (s *Source) ask(ctx context.Context, pod *sample.Pod) answer {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	page, err := s.client.Get(ctx, pod.IP, pod.Target(s.config.Metric))
	if err != nil {
		return failed(pod, err)
	}
	defer page.Release()
	read, err := parse(page.ContentType, page.Body, s.config.Field, s.config.Counter)
	if err != nil {
		return failed(pod, fmt.Errorf("get %s: %w", page.URL, err))
	}
	return answer{
		sample:     sample.Sample{Pod: pod.UID, Value: read.value, Time: page.Time},
		counter:    read.counter,
		hasCounter: read.hasCounter,
	}
}

func failed(pod *sample.Pod, err error) answer {
	return answer{failure: sample.Failure{Pod: pod.UID, Reason: fetch.ReasonOf(err), Err: err}}
}

func (s *Source) batch() sample.Batch {
	b := sample.Batch{Metric: s.config.Metric, Samples: make([]sample.Sample, 0, len(s.answers))}
	for _, a := range s.answers {
		if a.failure.Reason != "" {
			b.Failures = append(b.Failures, a.failure)
		} else {
			b.Samples = append(b.Samples, a.sample)
		}
	}
	clear(s.buf) // pods that are gone are not kept alive by an idle buffer
	return b
}
