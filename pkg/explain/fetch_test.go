package explain

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// server answers the one path with what it was given, and returns a client of it.
func server(t *testing.T, status int, body string) rest.Interface {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != Path("userscale", "workload") {
			t.Errorf("asked for %s", r.URL.Path)
		}
		if strings.HasPrefix(body, "{") {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	client, err := kubernetes.NewForConfig(&rest.Config{Host: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	return client.Discovery().RESTClient()
}

func TestFetch(t *testing.T) {
	_, e := cluster(t)
	direct, err := e.Explain(t.Context(), "userscale", "workload")
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(direct)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Fetch(t.Context(), server(t, http.StatusOK, string(body)), "userscale", "workload")
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%d items, %v", len(list.Items), err)
	}
	// What the text shows survives the way: it is the same on both sides.
	var here, there strings.Builder
	if err := Write(&here, direct); err != nil {
		t.Fatal(err)
	}
	if err := Write(&there, list); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(here.String(), there.String()); diff != "" {
		t.Errorf("-adapter +client:\n%s", diff)
	}
}

func TestFetchSaysWhatIsWrong(t *testing.T) {
	missing := apierrors.NewNotFound(autoscalingv2.Resource("horizontalpodautoscalers"), "workload").ErrStatus
	missing.Kind, missing.APIVersion = "Status", "v1"
	adapters, err := json.Marshal(missing)
	if err != nil {
		t.Fatal(err)
	}
	const path = "/apis/custom.metrics.k8s.io/v1beta2/namespaces/userscale/horizontalpodautoscalers.autoscaling/workload/explain"
	for name, tc := range map[string]struct {
		status int
		body   string
		want   []string
	}{
		"no such HPA": {http.StatusNotFound, string(adapters), []string{"namespace userscale has no HPA workload"}},
		"no APIService": {http.StatusNotFound, "404 page not found",
			[]string{"no adapter that explains", "APIService v1beta2.custom.metrics.k8s.io", path}},
		"another adapter": {http.StatusNotFound, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,"message":"no metric explain"}`,
			[]string{"no adapter that explains", "no metric explain"}},
		"a namesake that is no HPA": {http.StatusNotFound, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404,` +
			`"details":{"name":"workload","group":"custom.metrics.k8s.io","kind":"pods"}}`, []string{"no adapter that explains"}},
		"adapter down": {http.StatusServiceUnavailable, "service unavailable\n", []string{"cannot answer", "APIService", path}},
		"forbidden": {http.StatusForbidden, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"jane may not"}`,
			[]string{"no access to", "userscale-explain", "jane may not"}},
		"something else": {http.StatusOK, "hello", []string{"no explanation", path}},
		"broken":         {http.StatusInternalServerError, "", []string{"ask " + path}},
	} {
		_, err := Fetch(t.Context(), server(t, tc.status, tc.body), "userscale", "workload")
		for _, want := range tc.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q in it", name, err, want)
			}
		}
	}
}
