package store

import (
	"errors"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// A pod that a source says nothing of is said to be unnamed, unless the collection was partial, failed, or said something else.
func TestUnnamed(t *testing.T) {
	const words = "no GPU series names this pod"
	now := time.Unix(1700000000, 0)
	s := New([]Metric{{Name: "gpu", Max: 100, MaxAge: time.Minute, Interval: time.Second, Unnamed: words}})
	s.SetPod(sample.Pod{UID: "a", Namespace: "ml", Name: "a", Running: true, Started: now})
	s.SetPod(sample.Pod{UID: "p", Namespace: "ml", Name: "p"})
	refused := []sample.Failure{{Pod: "a", Reason: sample.ReasonOutOfRange, Err: errors.New("blank")}}
	for _, step := range []struct {
		name   string
		batch  sample.Batch
		reason sample.Reason
		detail string
	}{
		{"partial, and nothing before", sample.Batch{Partial: true}, "", ""},
		{"failed as a whole", sample.Batch{Err: errors.New("refused")}, sample.ReasonCollection, "refused"},
		{"nothing of it", sample.Batch{}, sample.ReasonNoValue, words},
		{"partial", sample.Batch{Partial: true}, sample.ReasonNoValue, words},
		{"a failure", sample.Batch{Failures: refused}, sample.ReasonOutOfRange, "blank"},
		{"nothing of it any more", sample.Batch{}, sample.ReasonNoValue, words},
		{"a value", sample.Batch{Samples: []sample.Sample{{Pod: "a", Value: 1, Time: now}}}, "", ""},
		{"partial after the value", sample.Batch{Partial: true}, "", ""},
		{"no value any more", sample.Batch{}, sample.ReasonNoValue, words},
	} {
		now = now.Add(time.Second)
		step.batch.Metric = "gpu"
		s.Record(now, step.batch)
		m := &s.metrics[0]
		if reason, detail := m.reason(s.pods["a"], &s.pods["a"].series[0]); reason != step.reason || detail != step.detail {
			t.Errorf("%s: %q, %q, want %q, %q", step.name, reason, detail, step.reason, step.detail)
		}
		if reason, _ := m.reason(s.pods["p"], &s.pods["p"].series[0]); reason == sample.ReasonNoValue {
			t.Errorf("%s: a pod that does not run is unnamed", step.name)
		}
	}
}
