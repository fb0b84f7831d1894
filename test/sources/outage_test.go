package sources

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/pods"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
	"userscale.dev/userscale/test/promserver"
)

const (
	usersMaxAge = 10 * time.Second
	queueMaxAge = 8 * time.Second
)

// TestOutage: while Prometheus is away its metric is held, then absent, and nothing happens to the one that pods give themselves. When
// it is back, so is the metric.
func TestOutage(t *testing.T) {
	apps := startApps(t, "a", "b")
	prometheus := promserver.Start(t, scraping(apps))
	values := store.New([]store.Metric{
		{Name: "users", Interval: 200 * time.Millisecond, MaxAge: usersMaxAge, Max: 1e9, Scraped: true},
		{Name: "queue", Interval: 200 * time.Millisecond, MaxAge: queueMaxAge, Max: 1e9},
	})
	shop := labels.SelectorFromSet(labels.Set{"app": "shop"})
	values.SetHPA(store.HPA{Namespace: "shop", Name: "shop"}, shop, smoothing.Override{})
	for _, a := range apps {
		values.SetPod(a.pod())
	}
	users, err := pods.New(pods.Config{Metric: "users", Field: "active_users", Interval: time.Second, Timeout: time.Second}, values)
	if err != nil {
		t.Fatal(err)
	}
	queue := newSource(t, config.PrometheusServer{URL: prometheus.URL}, "queue_length[1m]", client.NewCredentials(nil), values)
	collectAll(t, values, users, queue)

	group := func(metric string) ([]sample.Value, error) { return values.Group(time.Now(), metric, "shop", shop) }
	both := func(metric string) bool { v, err := group(metric); return err == nil && len(v) == 2 }
	await(t, "both metrics of both pods", func() bool { return both("users") && both("queue") })

	fmt.Println("TestOutage: Prometheus goes away")
	prometheus.Stop()
	before, err := group("queue")
	if err != nil {
		t.Fatalf("queue is not held: %v", err)
	}
	var absent *sample.NotFreshError
	held := false
	await(t, "queue to be absent", func() bool {
		if !both("users") {
			v, err := group("users")
			t.Fatalf("users: %v, %v", v, err)
		}
		now, err := group("queue")
		held = held || err == nil && len(now) == 2 && now[0].Time.Equal(before[0].Time)
		return errors.As(err, &absent)
	})
	if !held {
		t.Error("queue was never held")
	}
	if absent.Matched != 2 || absent.MaxAge != queueMaxAge {
		t.Errorf("absent: %v", absent)
	}
	if v, err := group("users"); err != nil || time.Since(v[0].Time) > usersMaxAge || v[0].Milli != 7000 || v[1].Milli != 7000 {
		t.Errorf("users: %v, %v", v, err)
	}

	fmt.Println("TestOutage: Prometheus comes back")
	prometheus.Restart(t)
	await(t, "queue of both pods again", func() bool { return both("queue") })
}

// collectAll collects and records from each source until the test ends, as the adapter's loops do.
func collectAll(t *testing.T, values *store.Store, sources ...interface {
	Collect(ctx context.Context) sample.Batch
}) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var loops sync.WaitGroup
	t.Cleanup(func() { cancel(); loops.Wait() })
	for _, source := range sources {
		loops.Go(func() {
			ticker := time.NewTicker(200 * time.Millisecond)
			defer ticker.Stop()
			for ctx.Err() == nil {
				b := source.Collect(ctx)
				values.Record(time.Now(), b)
				select {
				case <-ticker.C:
				case <-ctx.Done():
				}
			}
		})
	}
}
