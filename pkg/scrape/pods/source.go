// Package pods measures one metric by asking each opted-in pod for it, at the pod's own IP and nowhere else: no name is
// resolved, no proxy used, no redirect followed. One pod never fails a collection: what it did not give is a Failure.
package pods

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

// Config says what to ask for. It names a value for JSON bodies, for those in Prometheus' formats, or for both.
type Config struct {
	Metric  string // the metric's name in the adapter's configuration
	Field   string // path in a JSON body, such as load.users or rooms.#.users
	Counter string // likewise, of the field's integral over time, in the field's unit times seconds; empty: there is none
	Series  string // selector of the series that make the value, such as active_users{tier!="internal"}
	// CounterSeries is likewise of the counter; empty: there is none.
	CounterSeries string
	MaxAge        time.Duration // a counter's rate stands for no longer time; 0: for any
	Interval      time.Duration // between the beginnings of two collections, which bounds how long one takes
	Timeout       time.Duration // for each pod, from connecting to the last byte
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
	reader  reader
	client  *fetch.Client
	history history
	rates   rates        // the pods' counters
	buf     []sample.Pod // kept between collections, so that listing allocates nothing
	order   []int        // likewise
	answers []answer     // likewise
	late    bool         // the last collection ended before all pods were asked
}

// New returns a source with connections of its own. The error is that of a path or a selector that does not read.
func New(c Config, t targets) (*Source, error) {
	r, err := newReader(c)
	if err != nil {
		return nil, err
	}
	return &Source{
		config: c, targets: t, reader: r, client: fetch.New(r.accept(), c.Transport),
		history: newHistory(), rates: newRates(c.MaxAge),
	}, nil
}

// answer is what asking one pod brought: a sample, or a failure with a reason.
type answer struct {
	asked      bool
	sample     sample.Sample
	failure    sample.Failure
	counter    float64 // meaningless unless hasCounter
	hasCounter bool
}

// Collect asks every pod once and returns when the last has answered or timed out, within the interval: pods whose turn has not come
// by then are not asked. Cancelling ctx ends it early, with failures that say nothing of the pods.
func (s *Source) Collect(ctx context.Context) sample.Batch {
	s.buf = s.targets.Targets(s.config.Metric, s.buf[:0])
	s.order = s.history.order(s.buf, s.order[:0])
	s.answers = append(s.answers[:0], make([]answer, len(s.buf))...)
	s.askAll(ctx)
	s.rates.update(s.buf, s.answers)
	if ctx.Err() == nil {
		s.history.update(ctx, s.config.Metric, s.buf, s.answers)
	}
	b := s.batch(ctx)
	clear(s.buf) // pods that are gone are not kept alive by an idle buffer
	return b
}

// ask gets one pod's reading.
func (s *Source) ask(ctx context.Context, pod *sample.Pod) answer {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	page, err := s.client.Get(ctx, pod.IP, pod.Target(s.config.Metric))
	if err != nil {
		return answer{asked: true, failure: fetch.Failure(pod.UID, err)}
	}
	defer page.Release()
	read, err := s.reader.read(page.ContentType, page.Body)
	if err != nil {
		return answer{asked: true, failure: fetch.Failure(pod.UID, fmt.Errorf("get %s: %w", page.URL, err))}
	}
	if read.time.IsZero() {
		read.time = page.Time
	}
	return answer{
		asked:      true,
		sample:     sample.Sample{Pod: pod.UID, Value: read.value, Time: read.time},
		counter:    read.counter,
		hasCounter: read.hasCounter,
	}
}

func (s *Source) batch(ctx context.Context) sample.Batch {
	b := sample.Batch{Metric: s.config.Metric, Samples: make([]sample.Sample, 0, len(s.answers))}
	missed := 0
	for i := range s.answers {
		switch a := &s.answers[i]; {
		case !a.asked:
			missed++
			b.Failures = append(b.Failures, sample.Failure{Pod: s.buf[i].UID, Reason: sample.ReasonNotReached, Err: errNotReached})
		case a.failure.Reason != "":
			b.Failures = append(b.Failures, a.failure)
		default:
			b.Samples = append(b.Samples, a.sample)
		}
	}
	b.Partial = missed > 0
	if ctx.Err() == nil {
		s.logMissed(ctx, missed)
	}
	return b
}

// logMissed says when collections begin to end before all pods are asked, and when they no longer do.
func (s *Source) logMissed(ctx context.Context, missed int) {
	late := missed > 0
	if late == s.late {
		return
	}
	s.late = late
	logger := klog.FromContext(ctx).WithValues("metric", s.config.Metric, "pods", len(s.buf))
	if late {
		logger.Info("Collection ends before all pods are asked", "notAsked", missed)
	} else {
		logger.Info("Collection asks all pods again")
	}
}
