package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/test/observe"
)

// wantExplained wants the adapter's explanation to have as many counted, missing and pending pods as the case says, to ask for its
// replicas, and to give the true cause for every missing pod.
func (w *deployed) wantExplained(t *testing.T, f *fault) {
	t.Helper()
	report, err := observe.Explain(t.Context(), shared, w.namespace, workload)
	if err != nil {
		t.Error(err)
		return
	}
	t.Log(report.Sentence)
	m := report.Metrics[0]
	if m.Proposal == nil {
		t.Errorf("no proposal: %s", report.Sentence)
		return
	}
	p := m.Proposal
	if got := (coverage{p.Counted, p.Missing, p.Pending}); got != f.during {
		t.Errorf("explained with %+v, want %+v", got, f.during)
	}
	if n := report.Replicas; n.Next == nil || *n.Next != f.desired || n.Desired != f.desired {
		t.Errorf("explained as going from %d to %v, want %d", n.Desired, n.Next, f.desired)
	}
	for _, pod := range m.Pods {
		if pod.Part == explain.PartMissing && (pod.Reason != f.cause || pod.Share != nil) {
			t.Errorf("missing pod %s explained by %q (%s), want %q and no share", pod.Name, pod.Reason, pod.Detail, f.cause)
		}
	}
	if !strings.Contains(report.Sentence, f.cause) {
		t.Errorf("the sentence does not tell the cause %q: %s", f.cause, report.Sentence)
	}
}

// explainings asks for an explanation once a second until the test ends, and returns what was said so far.
func (w *deployed) explainings(t *testing.T) func() []explain.Report {
	ctx, stop := context.WithCancel(context.Background())
	said, done := make(chan explain.Report, 1000), make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			if report, err := observe.Explain(ctx, shared, w.namespace, w.name); err == nil {
				said <- report
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	}()
	t.Cleanup(func() { stop(); <-done })
	var reports []explain.Report
	return func() []explain.Report {
		for len(said) > 0 {
			reports = append(reports, <-said)
		}
		return reports
	}
}
