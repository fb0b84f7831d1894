package adapter

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// FuzzSelectorCheck: a request of the metrics API is answered with 400, and in the API's form, exactly if its metric selector is
// none; every other request goes on untouched.
func FuzzSelectorCheck(f *testing.F) {
	const metrics = "/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/pods/*/active_users_per_pod"
	f.Add(metrics, "labelSelector=app%3Dweb", "application/json")
	f.Add(metrics, "metricLabelSelector=a%20in%20(b,c)", "")
	f.Add(metrics, "metricLabelSelector=a%20in&metricLabelSelector=", "*/*")
	f.Add(metrics, "metricLabelSelector=%zz;&metricLabelSelector===", "application/vnd.kubernetes.protobuf")
	f.Add("/apis/custom.metrics.k8s.io", "metricLabelSelector=!", "text/html")
	f.Add("/metrics", "metricLabelSelector=!", "application/json;as=Table;g=meta.k8s.io;v=v1")
	f.Fuzz(func(t *testing.T, path, query, accept string) {
		wentOn := 0
		next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { wentOn++ })
		request := &http.Request{
			Method: http.MethodGet, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{"Accept": {accept}}, Host: "adapter",
		}
		response := httptest.NewRecorder()
		withSelectorCheck(next).ServeHTTP(response, request)

		_, err := labels.Parse(request.URL.Query().Get("metricLabelSelector"))
		bad := err != nil && strings.HasPrefix(path, "/apis/custom.metrics.k8s.io/")
		if !bad {
			if wentOn != 1 || response.Code != http.StatusOK || response.Body.Len() > 0 {
				t.Errorf("%s?%s: went on %d times, with status %d", path, query, wentOn, response.Code)
			}
			return
		}
		if wentOn != 0 || response.Code != http.StatusBadRequest {
			t.Errorf("%s?%s: went on %d times, with status %d, want 400: %v", path, query, wentOn, response.Code, err)
		}
		var status metav1.Status
		if response.Header().Get("Content-Type") != "application/json" {
			return
		}
		if err := json.Unmarshal(response.Body.Bytes(), &status); err != nil || status.Code != http.StatusBadRequest || status.Message == "" {
			t.Errorf("%s?%s: %v in the answer %s", path, query, err, response.Body)
		}
	})
}
