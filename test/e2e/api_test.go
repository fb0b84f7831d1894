package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"

	"userscale.dev/userscale/test/cluster"
	"userscale.dev/userscale/test/observe"
)

// testAPI asks what a person would ask with `kubectl get --raw`, and everything that is wrong to ask.
func testAPI(t *testing.T) {
	t.Parallel()
	w := newWorkload(t, settings{min: 3, max: 3, usersOnly: true})
	w.start(t, "steady", 12)
	w.until(t, time.Minute, "the smoothed total to settle", func(o observe.Observation) bool {
		return math.Abs(o.Smoothed[observe.Users]-12) < 0.5
	})
	t.Run("Values", func(t *testing.T) { testValues(t, w) })
	t.Run("ByName", func(t *testing.T) { testByName(t, w) })
	t.Run("Totals", func(t *testing.T) { testTotals(t, w) })
	t.Run("Statuses", func(t *testing.T) { testStatuses(t, w) })
}

// testValues checks one item per counted pod, true times and windows, and the sum, in both versions.
func testValues(t *testing.T, w *deployed) {
	list := &v1beta2.MetricValueList{}
	decode(t, cluster.MetricPath("v1beta2", w.namespace, observe.Users, w.selector), list)
	if len(list.Items) != 3 {
		t.Fatalf("v1beta2 answered %d items, want one for each of 3 pods", len(list.Items))
	}
	for _, item := range list.Items {
		if age := time.Since(item.Timestamp.Time); age < 0 || age > 5*time.Second {
			t.Errorf("%s: measured %v ago, want within the last seconds", item.DescribedObject.Name, age)
		}
		// The shipped fall half-life is 60 s: T·(2−α)/α with α = 1 − 2^(−T/60 s) and T = 5 s.
		if item.WindowSeconds == nil || *item.WindowSeconds < 160 || *item.WindowSeconds > 180 {
			t.Errorf("%s: windowSeconds %v, want that of a 60 s half-life, about 170", item.DescribedObject.Name, item.WindowSeconds)
		}
	}
	if total := w.selfMetric(t, "userscale_smoothed_total"); math.Abs(cluster.Sum(list)-total) > 0.5 {
		t.Errorf("the values sum to %.3f, the adapter's smoothed total is %.3f", cluster.Sum(list), total)
	}

	var old struct {
		Items []struct {
			Metric    string `json:"metricName"`
			Window    *int64 `json:"window"`
			Timestamp metav1.Time
			Value     string
		}
	}
	decode(t, cluster.MetricPath("v1beta1", w.namespace, observe.Users, w.selector), &old)
	if len(old.Items) != 3 || old.Items[0].Metric != observe.Users || old.Items[0].Window == nil {
		t.Errorf("v1beta1 answered %+v, want 3 items of %s with a window", old.Items, observe.Users)
	}
}

// testByName wants a pod's value to be its share in the list. Shares move with every tick, so the question by name is asked between
// two lists that say the same.
func testByName(t *testing.T, w *deployed) {
	for range 20 {
		before, byName := shares(t, w), map[string]int64{}
		for name := range before {
			byName[name] = milli(t, fmt.Sprintf("/apis/custom.metrics.k8s.io/v1beta2/namespaces/%s/pods/%s/%s", w.namespace, name, observe.Users))[name]
		}
		if after := shares(t, w); !maps.Equal(before, after) {
			continue // a tick came between
		}
		if !maps.Equal(byName, before) {
			t.Errorf("by name the pods have %v, in the list %v", byName, before)
		}
		return
	}
	t.Error("the list changed between every two questions")
}

// shares are the values of the workload's pods, in thousandths.
func shares(t *testing.T, w *deployed) map[string]int64 {
	t.Helper()
	return milli(t, cluster.MetricPath("v1beta2", w.namespace, observe.Users, w.selector))
}

// milli gets a path by the API client, which takes milliseconds, and returns the values by pod, in thousandths.
func milli(t *testing.T, path string) map[string]int64 {
	t.Helper()
	list, err := shared.MetricValues(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]int64{}
	for i := range list.Items {
		values[list.Items[i].DescribedObject.Name] = list.Items[i].Value.MilliValue()
	}
	return values
}

func testStatuses(t *testing.T, w *deployed) {
	byName := "/apis/custom.metrics.k8s.io/v1beta2/namespaces/" + w.namespace + "/pods/%s/%s"
	total := func(namespace, resource, name string) string { return totalPath("v1beta2", namespace, resource, name) }
	cases := []struct {
		name, path string
		status     int
		says       string
	}{
		{"unknown metric", cluster.MetricPath("v1beta2", w.namespace, "no_such_metric", w.selector), http.StatusNotFound, "no_such_metric"},
		{"unknown metric, v1beta1", cluster.MetricPath("v1beta1", w.namespace, "no_such_metric", w.selector), http.StatusNotFound, "no_such_metric"},
		{"unknown pod", fmt.Sprintf(byName, "no-such-pod", observe.Users), http.StatusNotFound, "no-such-pod"},
		{"no pod matches", cluster.MetricPath("v1beta2", w.namespace, observe.Users, "app=none"), http.StatusNotFound, ""},
		{"empty namespace", cluster.MetricPath("v1beta2", "no-such-namespace", observe.Users, w.selector), http.StatusNotFound, ""},
		{"malformed labelSelector", cluster.MetricPath("v1beta2", w.namespace, observe.Users, "a=b=c"), http.StatusBadRequest, ""},
		{"malformed metricLabelSelector", cluster.MetricPath("v1beta2", w.namespace, observe.Users, w.selector) + "&metricLabelSelector=" + url.QueryEscape("a=b=c"), http.StatusBadRequest, ""},
		{"metricLabelSelector", cluster.MetricPath("v1beta2", w.namespace, observe.Users, w.selector) + "&metricLabelSelector=" + url.QueryEscape("a=b"), http.StatusBadRequest, "not supported"},
		{"unknown service", total(w.namespace, "services", "no-such-service"), http.StatusNotFound, "services no-such-service"},
		{"unknown service, v1beta1", totalPath("v1beta1", w.namespace, "services", "no-such-service"), http.StatusNotFound, "services no-such-service"},
		{"service without selector", total("default", "services", "kubernetes"), http.StatusNotFound, "no selector"},
		{"unknown deployment", total(w.namespace, "deployments.apps", "no-such-deployment"), http.StatusNotFound, "deployments.apps no-such-deployment"},
		{"deployments of no group", total(w.namespace, "deployments", workload), http.StatusNotFound, ""},
		{"all services", total(w.namespace, "services", "*"), http.StatusBadRequest, "by name only"},
		{"total of a pod", fmt.Sprintf(byName, w.pods(t)[0].Name, observe.Total), http.StatusNotFound, observe.Total},
		{"users of a service", strings.Replace(total(w.namespace, "services", workload), observe.Total, observe.Users, 1), http.StatusNotFound, observe.Users},
		{"service whose pods report nothing", total(systemNamespace, "services", adapter), http.StatusServiceUnavailable, "not_scraped"},
		{"pods that report nothing", cluster.MetricPath("v1beta2", systemNamespace, observe.Users, "app.kubernetes.io/name="+adapter), http.StatusServiceUnavailable, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := statusOf(t, c.path)
			if int(got.Code) != c.status || !strings.Contains(got.Message, c.says) {
				t.Errorf("GET %s: %d %q, want %d saying %q", c.path, got.Code, got.Message, c.status, c.says)
			}
		})
	}
}

// statusOf gets a path that must fail, and returns the API's own form of the error.
func statusOf(t *testing.T, path string) metav1.Status {
	t.Helper()
	body, err := shared.Client.CoreV1().RESTClient().Get().RequestURI(path).Do(t.Context()).Raw()
	if err == nil {
		t.Fatalf("GET %s succeeded: %s", path, body)
	}
	var status metav1.Status
	if err := json.Unmarshal(body, &status); err != nil || status.Kind != "Status" {
		t.Fatalf("GET %s: %q is not a Status (%v)", path, body, err)
	}
	return status
}

// decode gets a path by kubectl, as a person would, and decodes the answer.
func decode(t *testing.T, path string, into any) {
	t.Helper()
	body, err := shared.Kubectl(t.Context(), "get", "--raw", path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatalf("decode the answer to %s: %v", path, err)
	}
}
