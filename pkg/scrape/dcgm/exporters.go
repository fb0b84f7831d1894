package dcgm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/exposition"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

// Accept is what exporters are asked for: the only format that dcgm-exporter has.
const Accept = "text/plain;version=0.0.4"

// directory knows the pods, and which of them are the exporters to ask for a metric. Targets appends to buf and returns it; each has a
// Target of the metric and an IP.
type directory interface {
	pods
	Targets(metric string, buf []sample.Pod) []sample.Pod
}

// getter asks a pod for a page until ctx ends.
type getter interface {
	Get(ctx context.Context, ip string, target *sample.Target) (fetch.Page, error)
}

// Exporters collects from the exporters' pods. Collect must not be called concurrently with itself.
type Exporters struct {
	collector
	directory directory
	client    getter
	fields    []string // names
	memory    memory
	failing   map[types.UID]bool // exporters that did not answer last time
	buf       []sample.Pod       // kept between collections, so that listing allocates nothing
}

// NewExporters returns a source that asks the metric's targets.
func NewExporters(c Config, d directory, g getter) *Exporters {
	e := &Exporters{collector: newCollector(c, d), directory: d, client: g, memory: memory{}}
	for _, f := range c.Fields {
		e.fields = append(e.fields, f.Name)
	}
	return e
}

// answer is what one exporter shows.
type answer struct {
	exporter types.UID
	name     string // for people
	series   []Series
	err      error // why there are no series
}

// Collect asks every exporter once and returns when the last has answered or timed out. The collection is an error only if none does.
//
// Of an exporter that does not answer, or cannot name the pods, the batch has those that it named last as failures and is partial:
// they are neither gone nor idle.
func (e *Exporters) Collect(ctx context.Context) sample.Batch {
	e.buf = e.directory.Targets(e.config.Metric, e.buf[:0])
	defer clear(e.buf) // pods that are gone are not kept alive by an idle buffer
	slices.SortFunc(e.buf, byName)
	answers := make([]answer, len(e.buf))
	var asking sync.WaitGroup
	for i := range e.buf { // one per node: all at once, so that those that hang are in nobody's way
		asking.Go(func() { answers[i] = e.ask(ctx, &e.buf[i]) })
	}
	asking.Wait()
	if ctx.Err() == nil {
		e.logChanges(ctx, answers)
	}
	if err := unanswered(answers); err != nil {
		return sample.Batch{Metric: e.config.Metric, Err: err}
	}
	var series []Series
	for _, a := range answers {
		series = append(series, a.series...)
	}
	b := e.batch(ctx, series)
	e.memory.complete(&b, answers, e.attributor.rows, e.directory)
	return b
}

// ask gets what one exporter shows of the fields. A sample's time is the request's, while DCGM may have measured it an interval of its
// own earlier.
func (e *Exporters) ask(ctx context.Context, pod *sample.Pod) answer {
	ctx, cancel := context.WithTimeout(ctx, e.config.Timeout)
	defer cancel()
	a := answer{exporter: pod.UID, name: pod.Namespace + "/" + pod.Name}
	page, err := e.client.Get(ctx, pod.IP, pod.Target(e.config.Metric))
	if err != nil {
		a.err = fmt.Errorf("exporter %s: %w", a.name, err)
		return a
	}
	defer page.Release()
	shown, err := exposition.List(page.ContentType, page.Body, e.fields...)
	if err != nil {
		a.err = fmt.Errorf("exporter %s: get %s: %w", a.name, page.URL, err)
		return a
	}
	for _, s := range shown {
		a.series = append(a.series, seriesOf(s, pod.UID, page.Time))
	}
	return a
}

// logChanges tells of exporters that do not answer any more, and of those that do again.
func (e *Exporters) logChanges(ctx context.Context, answers []answer) {
	failing := map[types.UID]bool{}
	for _, a := range answers {
		logger := klog.FromContext(ctx).WithValues("metric", e.config.Metric, "exporter", a.name)
		switch before := e.failing[a.exporter]; {
		case a.err != nil && !before:
			logger.Error(a.err, "Exporter can't be read, its pods' values grow old")
		case a.err == nil && before:
			logger.Info("Exporter can be read again")
		}
		if a.err != nil {
			failing[a.exporter] = true
		}
	}
	e.failing = failing
}

// seriesOf makes each exporter a job of its own: they may be of different generations.
func seriesOf(s exposition.Series, exporter types.UID, at time.Time) Series {
	if !s.Time.IsZero() {
		at = s.Time
	}
	return Series{Labels: s.Labels, Job: string(exporter), Value: s.Value, Time: at}
}

// unanswered is the error of a collection in which no exporter answered.
func unanswered(answers []answer) error {
	var first error
	for _, a := range answers {
		if a.err == nil {
			return nil
		}
		if first == nil {
			first = a.err
		}
	}
	switch n := len(answers); n {
	case 0:
		return errors.New("no exporter to ask: the configuration's targets select no pod that runs")
	case 1:
		return first
	default:
		return fmt.Errorf("none of %d exporters answers, the first one: %w", n, first)
	}
}

func byName(p, q sample.Pod) int {
	return cmp.Or(cmp.Compare(p.Namespace, q.Namespace), cmp.Compare(p.Name, q.Name))
}
