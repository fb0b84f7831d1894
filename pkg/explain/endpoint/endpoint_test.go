package endpoint

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"userscale.dev/userscale/pkg/explain"
)

// known explains what is in it, by namespace and name, and cannot answer for the HPA "broken".
type known map[string][]explain.Report

func (k known) Explain(_ context.Context, namespace, name string) (explain.List, error) {
	reports, ok := k[namespace+"/"+name]
	switch {
	case name == "broken":
		return explain.List{}, errors.New("connection refused")
	case !ok:
		return explain.List{}, apierrors.NewNotFound(autoscalingv2.Resource("horizontalpodautoscalers"), name)
	default:
		return explain.List{Items: reports}, nil
	}
}

// get asks the endpoint as the API server's own chain would.
func get(t *testing.T, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	r := httptest.NewRequest(method, path, nil)
	factory := request.RequestInfoFactory{APIPrefixes: sets.NewString("apis", "api"), GrouplessAPIPrefixes: sets.NewString("api")}
	info, err := factory.NewRequestInfo(r)
	if err != nil {
		t.Fatal(err)
	}
	web := explain.Report{Namespace: "shop", Name: "web"}
	e := known{"shop/web": {web}, "shop/*": {web}, "/*": {web, {Namespace: "mall", Name: "web"}}, "empty/*": {}}
	w := httptest.NewRecorder()
	With(next, e).ServeHTTP(w, r.WithContext(request.WithRequestInfo(r.Context(), info)))
	return w
}

// What is answered is what explain.Fetch understands.
func TestFetch(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := get(t, r.Method, r.URL.Path)
		w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	defer server.Close()
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	list, err := explain.Fetch(t.Context(), client.Discovery().RESTClient(), "shop", "web")
	if err != nil || len(list.Items) != 1 || list.Items[0].Name != "web" {
		t.Errorf("%+v, %v", list, err)
	}
	for name, want := range map[string]string{"nobody": "namespace shop has no HPA nobody", "broken": "cannot answer"} {
		if _, err := explain.Fetch(t.Context(), client.Discovery().RESTClient(), "shop", name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for path, want := range map[string]string{
		explain.Path("shop", "web"):        "shop/web",
		explain.Path("shop", explain.All):  "shop/web",
		explain.Path("empty", explain.All): "",
		explain.Path("", explain.All):      "shop/web mall/web",
	} {
		w := get(t, http.MethodGet, path)
		var list explain.List
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != http.StatusOK || list.Items == nil {
			t.Errorf("%s: status %d, %v: %s", path, w.Code, err, w.Body)
		}
		var got []string
		for _, r := range list.Items {
			got = append(got, r.Namespace+"/"+r.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", path, got, want)
		}
	}
}

func TestRefuses(t *testing.T) {
	base := explain.Path("shop", "web")
	for _, tc := range []struct {
		method, path string
		want         int
		text         string
	}{
		{http.MethodGet, explain.Path("shop", "nobody"), http.StatusNotFound, `"horizontalpodautoscalers.autoscaling \"nobody\" not found"`},
		{http.MethodGet, explain.Path("other", "web"), http.StatusNotFound, "not found"},
		{http.MethodGet, explain.Path("", "web"), http.StatusBadRequest, "without a namespace"},
		{http.MethodGet, explain.Path("shop", "broken"), http.StatusServiceUnavailable, "connection refused"},
		{http.MethodPost, base, http.StatusMethodNotAllowed, "explain"},
		{http.MethodDelete, base, http.StatusMethodNotAllowed, "explain"},
		{http.MethodHead, base, http.StatusMethodNotAllowed, ""},
		{http.MethodGet, base + "/more", http.StatusTeapot, ""},
		{http.MethodGet, strings.Replace(base, "v1beta2", "v1beta1", 1), http.StatusTeapot, ""},
		{http.MethodGet, strings.Replace(base, "autoscaling", "apps", 1), http.StatusTeapot, ""},
		{http.MethodGet, strings.Replace(base, "custom.metrics", "external.metrics", 1), http.StatusTeapot, ""},
		{http.MethodGet, "/metrics", http.StatusTeapot, ""},
	} {
		w := get(t, tc.method, tc.path)
		if w.Code != tc.want || !strings.Contains(w.Body.String(), tc.text) {
			t.Errorf("%s %s: status %d, %s\nwant %d with %q", tc.method, tc.path, w.Code, w.Body, tc.want, tc.text)
		}
		if tc.text != "" && !strings.Contains(w.Body.String(), `"kind":"Status"`) {
			t.Errorf("%s %s: %s, want a Status", tc.method, tc.path, w.Body)
		}
	}
}
