package record

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func TestPods(t *testing.T) {
	const path = "/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/pods/*/active_users_raw"
	list := func(values ...string) string {
		items := make([]string, len(values))
		for i, v := range values {
			items[i] = fmt.Sprintf(`{"metric":{"name":"active_users_raw"},"value":%q}`, v)
		}
		return `{"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta2","items":[` + strings.Join(items, ",") + `]}`
	}
	status := `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"no pod has a fresh value","reason":"ServiceUnavailable","code":503}`
	for name, c := range map[string]struct {
		code   int
		answer string
		want   float64
		err    string
	}{
		"sum":           {200, list("1500m", "2", "0"), 3.5, ""},
		"nobody there":  {200, list("0", "0"), 0, ""},
		"no pods":       {200, list(), 0, "ask " + path + ": no pod has a value"},
		"not a list":    {200, `{"kind":"PodList","items":[{}]}`, 0, "ask " + path + `: kind "PodList": allowed: MetricValueList`},
		"not JSON":      {200, `oops`, 0, "no list of values: invalid character 'o'"},
		"not fresh":     {503, status, 0, "ask " + path + ": no pod has a fresh value"},
		"no such thing": {404, strings.NewReplacer("no pod has a fresh value", "unknown metric", "503", "404", "ServiceUnavailable", "NotFound").Replace(status), 0, "ask " + path + ": unknown metric"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != path || r.URL.Query().Get("labelSelector") != "app=shop,tier in (a,b)" {
				t.Errorf("%s: asked for %s", name, r.URL)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(c.code)
			fmt.Fprint(w, c.answer)
		}))
		client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
		if err != nil {
			t.Fatal(err)
		}
		source := Pods{Client: client.Discovery().RESTClient(), Namespace: "shop", Metric: "active_users_raw", Selector: "app=shop,tier in (a,b)"}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		got, err := source.Now(ctx)
		cancel()
		server.Close()
		if c.err == "" && (err != nil || got != c.want) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: got %v, %v; want %v, %s", name, got, err, c.want, c.err)
		}
	}
}

var midnight = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)

// matrix is the answer to a range query: series of values at seconds since midnight.
func matrix(series ...string) string {
	return `{"status":"success","data":{"resultType":"matrix","result":[` + strings.Join(series, ",") + `]}}`
}

func points(name string, pairs ...any) string {
	values := []string{}
	for i := 0; i < len(pairs); i += 2 {
		values = append(values, fmt.Sprintf(`[%.0f,"%v"]`, float64(midnight.Unix())+pairs[i].(float64), pairs[i+1]))
	}
	return fmt.Sprintf(`{"metric":{"app":%q},"values":[%s]}`, name, strings.Join(values, ","))
}

func TestRange(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		hold   time.Duration
		want   []float64
		held   int
		err    string
	}{
		"all there":      {matrix(points("a", 0.0, 1, 10.0, 0, 20.0, 2.5)), 0, []float64{1, 0, 2.5}, 0, ""},
		"gap":            {matrix(points("a", 0.0, 1, 20.0, 2.5)), 10 * time.Second, []float64{1, 1, 2.5}, 1, ""},
		"gap, not held":  {matrix(points("a", 0.0, 1, 20.0, 2.5)), 0, []float64{1}, 0, "query users at URL: no value 10s after the beginning, and the last one is held for 0s at most: there is none at 2026-01-02T00:00:10Z"},
		"NaN":            {matrix(points("a", 0.0, 1, 10.0, "NaN", 20.0, 2.5)), 10 * time.Second, []float64{1, 1, 2.5}, 1, ""},
		"begins late":    {matrix(points("a", 10.0, 1, 20.0, 2.5)), time.Hour, nil, 0, "query users at URL: no first value: there is none at 2026-01-02T00:00:00Z"},
		"nothing":        {matrix(), time.Hour, nil, 0, "no first value: there is none at"},
		"negative":       {matrix(points("a", 0.0, 1, 10.0, -1)), time.Hour, []float64{1}, 0, "at 2026-01-02T00:00:10Z: value -1: allowed: a number from 0 to 1e+09"},
		"infinite":       {matrix(points("a", 0.0, "+Inf")), time.Hour, nil, 0, "value +Inf: allowed"},
		"two series":     {matrix(points("a", 0.0, 1), points("b", 0.0, 1)), time.Hour, nil, 0, `2 series, {app="a"} and {app="b"} among them: allowed: one`},
		"between steps":  {matrix(points("a", 0.0, 1, 5.0, 1)), time.Hour, nil, 0, "a value at 2026-01-02T00:00:05Z, between two steps"},
		"partial":        {strings.Replace(matrix(points("a", 0.0, 1)), `"data"`, `"warnings":["a store is away"],"data"`, 1), time.Hour, nil, 0, "the answer may be partial: a store is away"},
		"bad query":      {`{"status":"error","errorType":"bad_data","error":"parse error"}`, 0, nil, 0, "query users at URL: bad_data: parse error"},
		"something else": {`<html>`, 0, nil, 0, "query users at URL: "},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("query") != "users" || r.FormValue("step") != "10" {
				t.Errorf("%s: asked for %v", name, r.Form)
			}
			fmt.Fprint(w, c.answer)
		}))
		source := Prometheus{URL: server.URL, Transport: http.DefaultTransport, Query: "users"}
		got, err := source.Range(t.Context(), Config{Step: 10 * time.Second, Length: 30 * time.Second, Hold: c.hold}, midnight)
		server.Close()
		want := strings.Replace(c.err, "URL", server.URL, 1)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got the error %v, want %s", name, err, want)
		}
		if c.want == nil {
			continue
		}
		if diff := cmp.Diff(c.want, got.Trace.Values); diff != "" || got.Held != c.held {
			t.Errorf("%s: %d held (-want +got):\n%s", name, got.Held, diff)
		}
	}
}

// A long range is asked for in parts that a Prometheus allows, and they fit together; an end in between leaves what came until then.
func TestRangeInParts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	parts, interrupt := 0, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if parts++; parts == interrupt {
			cancel() // the client goes away, whatever is answered
			return
		}
		var start, end float64
		fmt.Sscan(r.FormValue("start"), &start)
		fmt.Sscan(r.FormValue("end"), &end)
		if n := end - start + 1; n > 11_000 {
			t.Errorf("asked for %v points", n)
		}
		var pairs []any
		for at := start; at <= end; at++ {
			pairs = append(pairs, at-float64(midnight.Unix()), at-float64(midnight.Unix()))
		}
		fmt.Fprint(w, matrix(points("a", pairs...)))
	}))
	defer server.Close()
	source := Prometheus{URL: server.URL, Transport: http.DefaultTransport, Query: "users"}
	config := Config{Step: time.Second, Length: 25_000 * time.Second}
	got, err := source.Range(ctx, config, midnight)
	if err != nil || len(got.Trace.Values) != 25_000 || parts != 3 {
		t.Fatalf("got %d values in %d parts, %v", len(got.Trace.Values), parts, err)
	}
	for i, v := range got.Trace.Values {
		if v != float64(i) {
			t.Fatalf("value %d is %v", i, v)
		}
	}
	parts, interrupt = 0, 3
	if got, err = source.Range(ctx, config, midnight); err != nil || len(got.Trace.Values) != 20_000 {
		t.Errorf("interrupted: got %d values, %v", len(got.Trace.Values), err)
	}
}
