package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"userscale.dev/userscale/test/observe"
)

// linePeriod is how often the timeline prints a line while nothing changes.
const linePeriod = 5 * time.Second

// timeline is the live view: a line every few seconds, and at once when a replica count changes.
type timeline struct {
	out   io.Writer
	began time.Time

	mu      sync.Mutex // guards what follows and the order of lines
	last    observe.Observation
	printed time.Time
}

func newTimeline(began time.Time) *timeline { return &timeline{out: os.Stdout, began: began} }

const header = "   time   users raw  smoothed  per pod   GPU %   CPU %   replicas now→desired (ready)  the HPA says"

func (t *timeline) phase(p phase) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, "\n== %s: %s\n%s\n", p.name, p.expect, header)
	t.printed = time.Time{}
}

func (t *timeline) say(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, "%7s   "+format+"\n", append([]any{t.clock(time.Now())}, args...)...)
}

func (t *timeline) print(o observe.Observation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	moved := o.Desired != t.last.Desired || o.Ready != t.last.Ready
	if !moved && o.Time.Sub(t.printed) < linePeriod {
		return
	}
	t.last, t.printed = o, o.Time
	fmt.Fprintf(t.out, "%7s   %9s %9s %8s %7s %7s   %12d→%d (%d)%13s %s\n", t.clock(o.Time),
		cell(o.Raw, observe.Users), cell(o.Smoothed, observe.Users),
		average(o, observe.Users), average(o, observe.GPU), average(o, observe.CPU),
		o.Current, o.Desired, o.Ready, "", o.Reason)
}

func (t *timeline) clock(now time.Time) string {
	seconds := int(now.Sub(t.began).Seconds())
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// cell prints a value, or nothing where there is none.
func cell(values map[string]float64, name string) string {
	v, ok := values[name]
	if !ok {
		return ""
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func average(o observe.Observation, name string) string {
	m, ok := o.Metrics[name]
	if !ok {
		return ""
	}
	return strconv.FormatFloat(m.Average, 'f', 1, 64)
}

// writeCSV stores the observations, one a row; an empty cell is a value that was not served.
func writeCSV(dir string, began time.Time, observations []observe.Observation, marks []mark) error {
	file, err := os.Create(filepath.Join(dir, "timeline.csv"))
	if err != nil {
		return fmt.Errorf("create the timeline: %w", err)
	}
	w := csv.NewWriter(file)
	rows := [][]string{{
		"t_seconds", "phase", "users_raw", "users_smoothed", "users_per_pod", "gpu_raw_percent", "gpu_smoothed_percent", "gpu_per_pod_percent",
		"cpu_percent", "replicas_current", "replicas_desired", "replicas_ready", "hpa_reason",
	}}
	for _, o := range observations {
		rows = append(rows, []string{
			strconv.FormatFloat(o.Time.Sub(began).Seconds(), 'f', 1, 64), phaseAt(marks, o.Time),
			cell(o.Raw, observe.Users), cell(o.Smoothed, observe.Users), average(o, observe.Users),
			cell(o.Raw, observe.GPU), cell(o.Smoothed, observe.GPU), average(o, observe.GPU), average(o, observe.CPU),
			strconv.Itoa(int(o.Current)), strconv.Itoa(int(o.Desired)), strconv.Itoa(int(o.Ready)), o.Reason,
		})
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("write the timeline: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write the timeline: %w", err)
	}
	return nil
}

func phaseAt(marks []mark, t time.Time) string {
	name := ""
	for _, m := range marks {
		if !t.Before(m.time) {
			name = m.name
		}
	}
	return name
}
