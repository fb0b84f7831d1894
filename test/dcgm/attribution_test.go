package dcgm

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/dcgm"
	"userscale.dev/userscale/pkg/scrape/fetch"
	"userscale.dev/userscale/pkg/scrape/promql"
	"userscale.dev/userscale/test/promserver"
)

func (f *fixture) measures() dcgm.Config {
	return dcgm.Config{
		Metric:        "gpu",
		Fields:        dcgm.DefaultFields(),
		CombineMax:    f.options.Combine == config.CombineMax,
		ExcludeShared: f.options.SharedGPUs == config.SharedExclude,
		Max:           100,
		Timeout:       10 * time.Second,
	}
}

// TestThroughPrometheus has one Prometheus scrape all fixtures' exporters, each in a job of the fixture's name, and asks it for one
// fixture at a time.
func TestThroughPrometheus(t *testing.T) {
	const global = "global: {scrape_interval: 1s, scrape_timeout: 1s%s}\n"
	began := time.Now()
	all := fixtures(t)
	running := make([]exporters, len(all))
	first, second := fmt.Sprintf(global, "")+"scrape_configs:\n", ""
	for i := range all {
		running[i] = serve(t, &all[i])
		first += running[i].scrapeConfigs()
		if all[i].options.SecondPrometheus {
			second += running[i].scrapeConfigs()
		}
	}
	server := promserver.Start(t, first, "--web.enable-remote-write-receiver")
	promserver.Start(t, fmt.Sprintf(global, `, external_labels: {replica: "2"}`)+
		"remote_write: [{url: "+server.URL+"/api/v1/write}]\nscrape_configs:\n"+second)
	client, err := promql.NewClient(server.URL, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range running {
		t.Run(e.name, func(t *testing.T) {
			e.wait(t, e.scrapes()+1) // the one before the last is stored by then
			matchers := fmt.Sprintf(`{job="%s"}`, e.name)
			if e.options.SecondPrometheus {
				waitForReplica(t, client, matchers)
			}
			query, err := dcgm.Query(dcgm.DefaultFields(), matchers, 2*time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			b := dcgm.NewPrometheus(e.measures(), query, e.fixture, client).Collect(t.Context())
			checkBatch(t, b, e.prometheus, began)
		})
	}
}

// waitForReplica returns once the second Prometheus' series have arrived at the first.
func waitForReplica(t *testing.T, client *promql.Client, matchers string) {
	t.Helper()
	query := strings.TrimSuffix(matchers, "}") + `,replica="2",__name__=~"DCGM.*"}[2m]`
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		answer, err := client.Query(ctx, query, 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Points) > 0 {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatal("nothing came from the second Prometheus")
		}
	}
}

// TestFromTheExporters asks the same exporters directly.
func TestFromTheExporters(t *testing.T) {
	all := fixtures(t)
	for i := range all {
		f := &all[i]
		t.Run(f.name, func(t *testing.T) {
			began := time.Now()
			directory := &direct{exporters: serve(t, f)}
			for name := range f.exporters {
				directory.targets = append(directory.targets, directory.target(t, name, "gpu"))
			}
			source := dcgm.NewExporters(f.measures(), directory, fetch.New(dcgm.Accept, nil))
			var b sample.Batch
			for range f.scrapes() {
				b = source.Collect(t.Context())
			}
			checkBatch(t, b, f.direct, began)
		})
	}
}

// direct lists the exporters as targets.
type direct struct {
	exporters
	targets []sample.Pod
}

// Targets appends the exporters' pods.
func (d *direct) Targets(_ string, buf []sample.Pod) []sample.Pod { return append(buf, d.targets...) }

// checkBatch compares what is said of each pod with the wanted lines, of which those of failures may leave out the words.
func checkBatch(t *testing.T, b sample.Batch, want []string, began time.Time) {
	t.Helper()
	if b.Err != nil {
		t.Fatal(b.Err)
	}
	var got []string
	if b.Partial {
		got = append(got, "partial")
	}
	for _, s := range b.Samples {
		got = append(got, fmt.Sprintf("%s %v %s", s.Pod, s.Value, s.Note))
		if s.Time.Before(began) || s.Time.After(time.Now()) {
			t.Errorf("%s: measured at %v, which is not during the test, since %v", s.Pod, s.Time, began)
		}
	}
	for _, f := range b.Failures {
		line := fmt.Sprintf("%s %s", f.Pod, f.Reason)
		if !slices.Contains(want, line) {
			line += fmt.Sprintf(" %v", f.Err)
		}
		got = append(got, line)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
