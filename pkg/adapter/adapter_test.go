package adapter

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/adapter/meaning"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/store"
)

// fake is a source, a recorder and a state.
type fake struct {
	batch    sample.Batch
	cancel   context.CancelFunc // called while collecting, if set
	recorded []time.Time
}

func (f *fake) Collect(context.Context) sample.Batch {
	if f.cancel != nil {
		f.cancel()
	}
	return f.batch
}
func (f *fake) Record(now time.Time, _ sample.Batch) { f.recorded = append(f.recorded, now) }

func (f *fake) Totals(time.Time) []store.Total {
	h := store.HPA{Namespace: "ns", Name: "web"}
	return []store.Total{
		{HPA: h, Metric: "users", Raw: 12, Smoothed: 11, Coverage: sample.Coverage{Matched: 5, Expected: 4, Counted: 3, Departing: 1}},
		{HPA: h, Metric: "gpu", Smoothed: 7, Coverage: sample.Coverage{Matched: 5}},
	}
}
func (f *fake) Groups() store.Groups { return store.Groups{HPA: 2, AdHoc: 1} }
func (f *fake) Drops() []store.Drop {
	return []store.Drop{{Metric: "users", Reason: sample.ReasonOutOfRange, Count: 2}}
}

func newLoop(t *testing.T, f *fake) (*loop, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewRegistry()
	m, err := newMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	return &loop{metric: "users", interval: time.Second, source: f, recorder: f, metrics: m, ready: newReadiness([]string{"users"})}, registry
}

func TestLoopCollectsAtOnceAndThenPerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		l, _ := newLoop(t, f)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		l.run(ctx)
		if len(f.recorded) != 3 || !f.recorded[0].Equal(start) || !f.recorded[2].Equal(start.Add(2*time.Second)) {
			t.Errorf("recorded at %v, want at 0s, 1s and 2s after %v", f.recorded, start)
		}
	})
}

func TestWhatShuttingDownInterruptsIsNotRecorded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fake{cancel: cancel}
	l, _ := newLoop(t, f)
	l.run(ctx)
	if len(f.recorded) != 0 || l.ready.check(nil) == nil {
		t.Errorf("recorded %d batches of an interrupted collection", len(f.recorded))
	}
}

func TestReadyAfterTheFirstCollectionWhateverItBrings(t *testing.T) {
	f := &fake{batch: sample.Batch{Metric: "users", Err: errors.New("down")}}
	l, _ := newLoop(t, f)
	if err := l.ready.check(nil); err == nil || !strings.Contains(err.Error(), "users") {
		t.Errorf("before: %v, want an error that names the metric", err)
	}
	l.tick(t.Context())
	if err := l.ready.check(nil); err != nil {
		t.Errorf("after: %v", err)
	}
}

func TestCollectionMetrics(t *testing.T) {
	f := &fake{}
	l, registry := newLoop(t, f)
	at := time.Unix(1000, 0)
	l.metrics.observe(sample.Batch{
		Metric:   "users",
		Samples:  []sample.Sample{{Time: at}, {Time: at.Add(time.Second)}},
		Failures: []sample.Failure{{Reason: sample.ReasonTimeout}},
	}, 30*time.Millisecond, time.Unix(1002, 0))
	l.metrics.observe(sample.Batch{Metric: "gpu", Err: errors.New("down")}, time.Second, time.Unix(1003, 0))
	want := `
# HELP userscale_last_collection_timestamp_seconds When the last collection ended, in Unix time, whatever it brought.
# TYPE userscale_last_collection_timestamp_seconds gauge
userscale_last_collection_timestamp_seconds{metric="gpu"} 1003
userscale_last_collection_timestamp_seconds{metric="users"} 1002
# HELP userscale_newest_sample_timestamp_seconds When the newest sample of the last collection that had any was measured, in Unix time.
# TYPE userscale_newest_sample_timestamp_seconds gauge
userscale_newest_sample_timestamp_seconds{metric="users"} 1001
# HELP userscale_scrapes_total Pods asked for a value, by outcome: ok, the reason for which there is none, or collection_failed once for a whole query.
# TYPE userscale_scrapes_total counter
userscale_scrapes_total{metric="gpu",outcome="collection_failed"} 1
userscale_scrapes_total{metric="gpu",outcome="ok"} 0
userscale_scrapes_total{metric="users",outcome="ok"} 2
userscale_scrapes_total{metric="users",outcome="timeout"} 1
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "userscale_last_collection_timestamp_seconds",
		"userscale_newest_sample_timestamp_seconds", "userscale_scrapes_total"); err != nil {
		t.Error(err)
	}
	for name, series := range map[string]int{"userscale_scrape_duration_seconds": 2, "userscale_build_info": 1} {
		if n, err := testutil.GatherAndCount(registry, name); err != nil || n != series {
			t.Errorf("%s: %d series, %v, want %d", name, n, err, series)
		}
	}
}

func TestTotals(t *testing.T) {
	want := `
# HELP userscale_counted_pods Pods of an HPA that run and have a value young enough.
# TYPE userscale_counted_pods gauge
userscale_counted_pods{hpa="web",metric="gpu",namespace="ns"} 0
userscale_counted_pods{hpa="web",metric="users",namespace="ns"} 3
# HELP userscale_coverage_ratio Counted over expected pods; absent while none is expected.
# TYPE userscale_coverage_ratio gauge
userscale_coverage_ratio{hpa="web",metric="users",namespace="ns"} 0.75
# HELP userscale_departing_pods Pods of an HPA that are being deleted and still answer.
# TYPE userscale_departing_pods gauge
userscale_departing_pods{hpa="web",metric="gpu",namespace="ns"} 0
userscale_departing_pods{hpa="web",metric="users",namespace="ns"} 1
# HELP userscale_dropped_samples_total Values that were measured and not accepted, by reason.
# TYPE userscale_dropped_samples_total counter
userscale_dropped_samples_total{metric="users",reason="out_of_range"} 2
# HELP userscale_expected_pods Pods of an HPA that should have a value: they run, and reported before or have been ready for two intervals.
# TYPE userscale_expected_pods gauge
userscale_expected_pods{hpa="web",metric="gpu",namespace="ns"} 0
userscale_expected_pods{hpa="web",metric="users",namespace="ns"} 4
# HELP userscale_groups Groups of pods with totals: of HPAs, and made by queries with other selectors.
# TYPE userscale_groups gauge
userscale_groups{kind="ad_hoc"} 1
userscale_groups{kind="hpa"} 2
# HELP userscale_matched_pods All pods that an HPA's selector matches.
# TYPE userscale_matched_pods gauge
userscale_matched_pods{hpa="web",metric="gpu",namespace="ns"} 5
userscale_matched_pods{hpa="web",metric="users",namespace="ns"} 5
# HELP userscale_raw_total Sum of the last values of an HPA's counted and departing pods.
# TYPE userscale_raw_total gauge
userscale_raw_total{hpa="web",metric="gpu",namespace="ns"} 0
userscale_raw_total{hpa="web",metric="users",namespace="ns"} 12
# HELP userscale_smoothed_total The same sum, smoothed; absent while no pod is counted.
# TYPE userscale_smoothed_total gauge
userscale_smoothed_total{hpa="web",metric="users",namespace="ns"} 11
`
	if err := testutil.CollectAndCompare(newTotals(&fake{}), strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

func TestSelectorCheck(t *testing.T) {
	handler := withSelectorCheck(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	const path = "/apis/custom.metrics.k8s.io/v1beta1/namespaces/ns/pods/*/users"
	for target, want := range map[string]int{
		path: http.StatusTeapot,
		path + "?metricLabelSelector=" + url.QueryEscape("a in (b)"): http.StatusTeapot,
		path + "?metricLabelSelector=" + url.QueryEscape("a==="):     http.StatusBadRequest,
		"/metrics?metricLabelSelector=" + url.QueryEscape("a==="):    http.StatusTeapot,
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", target, w.Code, want)
		}
	}
}

func TestShippedConfiguration(t *testing.T) {
	settings, err := config.Load("", func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := meaning.StoreMetrics(settings)
	if err != nil {
		t.Fatal(err)
	}
	values := store.New(metrics)
	served := [][]string{values.Metrics(), values.TotalNames()}
	want := [][]string{{"active_users_per_pod", "active_users_raw"}, {"active_users_total_smoothed"}}
	if diff := cmp.Diff(want, served); diff != "" {
		t.Errorf("served of pods and of objects (-want +got):\n%s", diff)
	}
	if _, err := newSource(settings, &settings.Metrics[0], values, client.NewCredentials(nil)); err != nil {
		t.Error(err)
	}
	rules, err := meaning.DiscoveryRules(settings)
	if err != nil || len(rules.Pods) != 1 || !rules.Pods[0].Annotations {
		t.Errorf("rules are %+v, %v", rules, err)
	}
}

func TestWhoKeepsTheCertificate(t *testing.T) {
	for name, tc := range map[string]struct {
		args []string
		want bool
	}{
		"in a cluster":   {[]string{"--namespace=ns"}, true},
		"outside":        {nil, false},
		"switched off":   {[]string{"--namespace=ns", "--secret-name="}, false},
		"the user's own": {[]string{"--namespace=ns", "--tls-cert-file=a", "--tls-private-key-file=b"}, false},
	} {
		o := NewOptions()
		if err := o.Flags().Parse(tc.args); err != nil {
			t.Fatal(err)
		}
		if got := o.keepsCertificate(); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}
