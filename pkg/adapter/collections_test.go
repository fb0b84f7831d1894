package adapter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/discover"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

// rig is the collections of one pod of an HPA, of which every metric has a source that remembers when it was asked.
type rig struct {
	*collections
	registry *prometheus.Registry
	rules    discover.Rules
	start    time.Time
	mu       sync.Mutex                 // guards asked
	asked    map[string][]time.Duration // since the start, by metric
}

func (r *rig) SetRules(rules discover.Rules) { r.rules = rules }

func newRig(t *testing.T) *rig {
	t.Helper()
	registry := prometheus.NewRegistry()
	m, err := newMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	synced := make(chan struct{})
	close(synced)
	r := &rig{registry: registry, asked: map[string][]time.Duration{}, start: time.Now()}
	r.collections = &collections{
		store: store.New(nil), discovery: r, synced: synced, source: r.source,
		metrics: m, ready: newReadiness([]string{"users"}), running: map[string]*collection{},
	}
	r.store.SetPod(sample.Pod{UID: "a", Namespace: "ns", Name: "a", Running: true, Started: r.start.Add(-time.Hour), IP: "10.0.0.1",
		Targets: []sample.Target{{Metric: "users", Port: 80}}})
	r.store.SetHPA(store.HPA{Namespace: "ns", Name: "web"}, labels.Everything(), smoothing.Override{})
	return r
}

// stub takes 300 ms to measure how long it is since the start.
type stub struct {
	rig    *rig
	metric string
}

func (s stub) Collect(ctx context.Context) sample.Batch {
	at := time.Now()
	s.rig.mu.Lock()
	s.rig.asked[s.metric] = append(s.rig.asked[s.metric], at.Sub(s.rig.start))
	s.rig.mu.Unlock()
	select {
	case <-time.After(300 * time.Millisecond):
	case <-ctx.Done():
	}
	return sample.Batch{Metric: s.metric, Samples: []sample.Sample{{Pod: "a", Value: at.Sub(s.rig.start).Seconds(), Time: at}}}
}

func (r *rig) source(_ *config.AdapterConfiguration, m *config.Metric) (source, error) {
	if m.Name == "bad" {
		return nil, errors.New("no such source")
	}
	return stub{r, m.Name}, nil
}

// configured decodes the metrics of a configuration, one a line, and sets its defaults.
func configured(t *testing.T, metrics ...string) *config.AdapterConfiguration {
	t.Helper()
	text := "apiVersion: " + config.APIVersion + "\nkind: " + config.Kind + "\nmetrics:\n"
	for _, m := range metrics {
		text += "- " + m + "\n"
	}
	settings, err := config.Load(fileOf(t, text), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

const usersMetric = "{name: users, pods: {field: u}}"

// TestReloadUnderLoad reloads a hundred times, at moments of all kinds, a configuration whose other metrics come, go and change: of the
// metric that no reload concerns every collection takes place at its time, and every sample of it is there.
func TestReloadUnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := newRig(t)
		if err := r.apply(ctx, configured(t, usersMetric)); err != nil {
			t.Fatal(err)
		}
		loop := r.running["users"]
		for i := range 100 {
			time.Sleep(371 * time.Millisecond)
			others := []string{
				fmt.Sprintf("{name: users, maxAge: %ds, smoothing: {riseHalfLife: %ds}, range: {max: %d}, minCoverage: %v, pods: {field: u, targets: [{selector: {matchLabels: {a: b}}, port: %d}]}}",
					15+i%3, i%5, 100+i, i%2, 1+i),
				fmt.Sprintf("{name: load, pods: {field: u%d}}", i%2), fmt.Sprintf("{name: more%d, pods: {field: u, interval: 1s}}", i%3),
			}
			if err := r.apply(ctx, configured(t, others[:1+i%3]...)); err != nil {
				t.Fatal(err)
			}
			at := time.Since(r.start).Truncate(time.Millisecond)
			d, _ := r.store.Describe(time.Now(), store.HPA{Namespace: "ns", Name: "web"})
			// The last collection that has ended by now began with the second, and took 300 ms.
			want := (at - 300*time.Millisecond).Truncate(time.Second)
			if got := d.Metrics[0].Pods[0]; got.State != sample.StateFresh || got.Time.Sub(r.start) != want || got.Value != want.Seconds() {
				t.Fatalf("after reload %d, at %v: %+v, want the value of %v", i, at, got, want)
			}
		}
		if r.running["users"] != loop {
			t.Error("the loop is another one")
		}
		cancel()
		r.wait()
		var want []time.Duration
		for i := range len(r.asked["users"]) {
			want = append(want, time.Duration(i)*time.Second)
		}
		if diff := cmp.Diff(want, r.asked["users"]); diff != "" || len(want) != 38 {
			t.Errorf("collected %d times (-want +got):\n%s", len(want), diff)
		}
	})
}

// TestApply follows loops through configurations: those that stay, begin anew, come and go.
func TestApply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := newRig(t)
		before := map[string]*collection{}
		for _, step := range []struct {
			metrics []string
			begun   string // the loops that were not there before
			left    string // all loops
		}{
			{[]string{usersMetric}, "users", "users"},
			{[]string{usersMetric, "{name: load, pods: {field: l}}"}, "load", "load users"},
			{[]string{"{name: load, pods: {field: l}}", usersMetric}, "", "load users"},
			{[]string{usersMetric, "{name: load, pods: {field: l, interval: 2s}}"}, "load", "load users"},
			{[]string{usersMetric, "{name: load, maxAge: 1m, pods: {field: l, interval: 2s, prometheusAnnotations: true}}"}, "", "load users"},
			{[]string{usersMetric}, "", "users"},
			{[]string{"{name: users, pods: {field: u, bearerToken: {file: /token}}}"}, "users", "users"},
			{[]string{"{name: more, pods: {field: u}}"}, "more", "more"},
		} {
			if err := r.apply(ctx, configured(t, step.metrics...)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(1500 * time.Millisecond)
			var begun []string
			for _, name := range slices.Sorted(maps.Keys(r.running)) {
				if r.running[name] != before[name] {
					begun = append(begun, name)
				}
			}
			if got := strings.Join(begun, " "); got != step.begun {
				t.Errorf("%v: %q begin, want %q", step.metrics, got, step.begun)
			}
			if got := strings.Join(slices.Sorted(maps.Keys(r.running)), " "); got != step.left || len(r.rules.Pods) != len(step.metrics) {
				t.Errorf("%v: %q run, want %q; the rules are %+v", step.metrics, got, step.left, r.rules)
			}
			if err := r.ready.check(nil); err != nil {
				t.Errorf("%v: not ready: %v", step.metrics, err)
			}
			before = maps.Clone(r.running)
		}
		if got := r.store.Metrics(); !slices.Contains(got, "more") || slices.Contains(got, "users") {
			t.Errorf("the store has %v", got)
		}
		n, err := testutil.GatherAndCount(r.registry, "userscale_scrapes_total", "userscale_scrape_duration_seconds",
			"userscale_newest_sample_timestamp_seconds", "userscale_last_collection_timestamp_seconds")
		if err != nil || n != 4 {
			t.Errorf("%d series of collections, %v, want those of the last metric alone", n, err)
		}
		cancel()
		r.wait()
	})
}

func TestWhatCannotBeAppliedChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := newRig(t)
		if err := r.apply(ctx, configured(t, usersMetric)); err != nil {
			t.Fatal(err)
		}
		loop := r.running["users"]
		err := r.apply(ctx, configured(t, "{name: load, pods: {field: l}}", "{name: bad, pods: {field: l}}"))
		if err == nil || !strings.Contains(err.Error(), "metric bad: no such source") {
			t.Errorf("error is %v", err)
		}
		if diff := cmp.Diff([]string{"users", "users_raw"}, r.store.Metrics()); diff != "" || r.running["users"] != loop || len(r.running) != 1 {
			t.Errorf("the store's metrics %s, running %v", diff, r.running)
		}
		cancel()
		r.wait()
	})
}
