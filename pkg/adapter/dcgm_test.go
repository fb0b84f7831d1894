package adapter

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/store"
)

// gpus is a Prometheus and an exporter at once: both show one pod's two GPUs.
func gpus(w http.ResponseWriter, r *http.Request) {
	const labels = `UUID="G%d",namespace="ml",pod="train"`
	switch r.URL.Path {
	case "/metrics":
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		fmt.Fprintf(w, "own_metric{"+labels+"} 0.2\nown_metric{"+labels+"} 0.6\n", 1, 2)
	case "/api/v1/query":
		if got, want := r.FormValue("query"), `{__name__=~"own_metric",job="x"}[1m30s]`; got != want {
			http.Error(w, "the query is "+got, http.StatusBadRequest)
			return
		}
		series := `{"metric":{"__name__":"own_metric","UUID":"G%d","namespace":"ml","pod":"train"},"values":[[%d,"%v"]]}`
		fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[`+series+","+series+`]}}`,
			1, time.Now().Unix(), 0.2, 2, time.Now().Unix(), 0.6)
	default:
		http.NotFound(w, r)
	}
}

// Both ways to the GPU metrics follow the configuration.
func TestDCGM(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(gpus))
	defer server.Close()
	host, text, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	values := store.New([]store.Metric{{Name: "gpu", Max: 100}})
	started := time.Now().Add(-time.Hour)
	values.SetPod(sample.Pod{UID: "1", Namespace: "ml", Name: "train", IP: "10.0.0.1", Running: true, Started: started})
	values.SetPod(sample.Pod{UID: "2", Namespace: "gpu", Name: "exporter", IP: host, Running: true, Started: started,
		Targets: []sample.Target{{Metric: "gpu", Scheme: "http", Port: port, Path: "/metrics"}}})
	settings := &config.AdapterConfiguration{PrometheusServers: []config.PrometheusServer{{Name: "p", URL: server.URL}}}
	least, most := 0.0, 100.0
	for name, d := range map[string]config.DCGM{
		"prometheus": {Prometheus: &config.DCGMPrometheus{Server: "p", Matchers: `{job="x"}`, Lookback: &config.Duration{Duration: 90 * time.Second}}},
		"exporters":  {Exporters: &config.DCGMExporters{}},
	} {
		t.Run(name, func(t *testing.T) {
			d.Interval, d.Timeout = &config.Duration{Duration: time.Minute}, &config.Duration{Duration: time.Minute}
			d.Combine = config.CombineMax
			d.Fields = []config.DCGMField{{Name: "own_metric", Unit: config.UnitRatio}}
			m := &config.Metric{Name: "gpu", Range: config.Range{Min: &least, Max: &most}, DCGM: &d}
			from, err := newSource(settings, m, values, client.NewCredentials(nil))
			if err != nil {
				t.Fatal(err)
			}
			b := from.Collect(t.Context())
			if b.Err != nil {
				t.Fatal(b.Err)
			}
			var got []string
			for _, s := range b.Samples {
				got = append(got, fmt.Sprintf("%s %v %s", s.Pod, s.Value, s.Note))
			}
			if diff := cmp.Diff([]string{"1 60 2 GPUs, maximum: own_metric (ratio), labels pod"}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
