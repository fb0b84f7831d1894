package dcgm

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/promql"
)

func TestQuery(t *testing.T) {
	fields := []Field{{util, Percent}, {active, Ratio}}
	const names = `__name__=~"DCGM_FI_DEV_GPU_UTIL|DCGM_FI_PROF_GR_ENGINE_ACTIVE"`
	for _, tc := range []struct{ matchers, want string }{
		{"", "{" + names + "}[2m]"},
		{` { job = "a\"b" , cluster=~"x.*", } # mine`, "{" + names + `,job="a\"b",cluster=~"x.*"}[2m]`},
	} {
		if got, err := Query(fields, tc.matchers, 2*time.Minute); got != tc.want || err != nil {
			t.Errorf("%q: %s, %v, want %s", tc.matchers, got, err, tc.want)
		}
	}
	if got, err := Query(fields, `job="a"`, time.Minute); err == nil {
		t.Errorf("matchers without braces: %s, want an error", got)
	}
}

// answers is a Prometheus with one answer.
type answers struct {
	promql.Answer
	err error
}

func (a answers) Query(_ context.Context, query string, timeout time.Duration) (promql.Answer, error) {
	if query != "q[2m]" || timeout != time.Second {
		return promql.Answer{}, errors.New("asked for " + query)
	}
	return a.Answer, a.err
}

func collect(t *testing.T, q querier) sample.Batch {
	t.Helper()
	c := Config{Metric: "gpu", Fields: DefaultFields(), Max: 100, Timeout: time.Second}
	return NewPrometheus(c, "q[2m]", cluster(), q).Collect(t.Context())
}

func TestPrometheus(t *testing.T) {
	b := collect(t, answers{Answer: promql.Answer{Partial: true, Points: []promql.Point{
		{Labels: model.Metric{"__name__": util, "UUID": "G1", "job": "j", "exported_namespace": "ml", "exported_pod": "a"}, Value: 20, Time: t0},
		{Labels: model.Metric{"__name__": util, "UUID": "G2", "job": "k", "namespace": "ml", "pod": "b"}, Value: 30, Time: t0},
		{Labels: model.Metric{"__name__": util, "UUID": "G3", "job": "k", "namespace": "ml", "pod": "exporter", "instance": "10.0.0.9:1"}, Value: 0, Time: t0},
	}}})
	want := sample.Batch{Metric: "gpu", Partial: true, Samples: []sample.Sample{
		{Pod: "a", Value: 20, Time: t0, Note: "G1: DCGM_FI_DEV_GPU_UTIL (percent), labels exported_pod"},
		{Pod: "b", Value: 30, Time: t0, Note: "G2: DCGM_FI_DEV_GPU_UTIL (percent), labels pod"},
	}}
	if diff := cmp.Diff(want, b); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPrometheusFails(t *testing.T) {
	refused := errors.New("refused")
	b := collect(t, answers{err: refused})
	if !errors.Is(b.Err, refused) || b.Metric != "gpu" || len(b.Samples)+len(b.Failures) > 0 {
		t.Errorf("batch is %+v, want the error alone", b)
	}
}
