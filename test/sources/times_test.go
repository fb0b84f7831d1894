package sources

import (
	"testing"
	"time"

	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/test/promserver"
)

// TestTrueTimes: a range selector's samples carry the time of the scrape, which began after the value before was shown and before this
// one was. The value says which.
func TestTrueTimes(t *testing.T) {
	const aligned = 5 * time.Millisecond // Prometheus moves times by so much at most, to compress them better
	apps := startApps(t, "a", "b")
	server := promserver.Start(t, scraping(apps))
	source := newSource(t, config.PrometheusServer{URL: server.URL}, "queue_length[30s]", client.NewCredentials(nil), byName(apps))
	var b sample.Batch
	await(t, "two scrapes of both", func() bool {
		b = source.Collect(t.Context())
		return len(b.Samples) == 2 && b.Samples[0].Value >= 2 && b.Samples[1].Value >= 2
	})
	for _, x := range b.Samples {
		for _, a := range apps {
			if a.name != string(x.Pod) {
				continue
			}
			if before, at := a.when(int(x.Value)); x.Time.Before(before.Add(-aligned)) || x.Time.After(at.Add(aligned)) {
				t.Errorf("%s: %v was shown at %v, after the one before at %v; its time is %v", a.name, x.Value, at, before, x.Time)
			}
		}
	}
	vector := newSource(t, config.PrometheusServer{URL: server.URL}, "sum by (namespace, pod) (queue_length)", client.NewCredentials(nil), byName(apps))
	if b := vector.Collect(t.Context()); b.Err != nil || len(b.Samples) != 2 {
		t.Errorf("an instant vector: %+v", b)
	}
}
