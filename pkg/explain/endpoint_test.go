package explain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"
	metricsfake "k8s.io/metrics/pkg/client/clientset/versioned/fake"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

// fakeScale has as many replicas as it says, for any target.
type fakeScale int32

func (n fakeScale) Scale(context.Context, string, autoscalingv2.CrossVersionObjectReference) (*autoscalingv1.Scale, error) {
	return &autoscalingv1.Scale{
		Spec:   autoscalingv1.ScaleSpec{Replicas: int32(n)},
		Status: autoscalingv1.ScaleStatus{Replicas: int32(n), Selector: "app=workload"},
	}, nil
}

// services knows one Service, which selects the same pods.
type services struct{}

func (services) Selector(kind schema.GroupKind, namespace, name string) (labels.Selector, error) {
	if kind.String() != "Service" || namespace != "userscale" || name != "workload" {
		return nil, fmt.Errorf("%w: %s", sample.ErrNoObject, name)
	}
	return labels.Set{"app": "workload"}.AsSelector(), nil
}

// cluster is two namespaces with the shipped HPA at two pods, which the store has values of in the first.
func cluster(t *testing.T) (*fake.Clientset, *Explainer) {
	t.Helper()
	values := store.New([]store.Metric{{Name: users, TotalName: total, Interval: time.Second, MaxAge: time.Hour, Max: 1e9, Scraped: true}})
	values.SetHPA(store.HPA{Namespace: "userscale", Name: "workload"}, labels.Set{"app": "workload"}.AsSelector(), smoothing.Override{})
	other := shipped(2)
	other.Namespace, other.Name = "other", "shop"
	objects := []runtime.Object{shipped(2), other}
	in := scene(20, fresh(10), fresh(10))
	batch := sample.Batch{Metric: users}
	for i, p := range in.Pods {
		objects = append(objects, p)
		values.SetPod(sample.Pod{UID: p.UID, Namespace: p.Namespace, Name: p.Name, Labels: p.Labels, IP: "10.0.0." + p.Name[9:], Running: true,
			Ready: true, Started: time.Now().Add(-time.Hour), Targets: []sample.Target{{Metric: users, Scheme: "http", Port: 80 + i, Path: "/"}}})
		batch.Samples = append(batch.Samples, sample.Sample{Pod: p.UID, Value: 14, Time: time.Now()})
	}
	values.Record(time.Now(), batch)
	client := fake.NewClientset(objects...)
	client.PrependReactor("list", "horizontalpodautoscalers", byName) // which the fake does not do
	metrics := metricsfake.NewSimpleClientset()
	metrics.PrependReactor("list", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, &metricsv1beta1.PodMetricsList{Items: in.Usage}, nil
	})
	return client, New(Sources{Client: client, Metrics: metrics, Scales: fakeScale(2), Objects: services{}, Values: values})
}

// byName answers a list with a field selector for a name.
func byName(action clienttesting.Action) (bool, runtime.Object, error) {
	list, ok := action.(clienttesting.ListAction)
	if !ok {
		return false, nil, nil
	}
	name, wanted := list.GetListRestrictions().Fields.RequiresExactMatch("metadata.name")
	if !wanted {
		return false, nil, nil
	}
	answer := &autoscalingv2.HorizontalPodAutoscalerList{}
	if h := shipped(2); name == h.Name && action.GetNamespace() == h.Namespace {
		answer.Items = append(answer.Items, *h)
	}
	return true, answer, nil
}

// get asks the endpoint as the API server's own chain would.
func get(t *testing.T, e explainer, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	r := httptest.NewRequest(method, path, nil)
	factory := request.RequestInfoFactory{APIPrefixes: sets.NewString("apis", "api"), GrouplessAPIPrefixes: sets.NewString("api")}
	info, err := factory.NewRequestInfo(r)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	WithEndpoint(next, e).ServeHTTP(w, r.WithContext(request.WithRequestInfo(r.Context(), info)))
	return w
}

func TestEndpoint(t *testing.T) {
	_, e := cluster(t)
	for path, want := range map[string][]string{
		Path("userscale", "workload"): {"userscale/workload"},
		Path("userscale", All):        {"userscale/workload"},
		Path("empty", All):            {},
		Path("", All):                 {"other/shop", "userscale/workload"},
	} {
		w := get(t, e, http.MethodGet, path)
		var list List
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != http.StatusOK {
			t.Errorf("%s: status %d, %v", path, w.Code, err)
		}
		var got []string
		for _, r := range list.Items {
			got = append(got, r.Namespace+"/"+r.Name)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
		if list.Items == nil {
			t.Errorf("%s: items is null, want a list", path)
		}
	}
}

// One report goes all the way from the store to JSON.
func TestEndpointExplains(t *testing.T) {
	_, e := cluster(t)
	var list List
	if err := json.Unmarshal(get(t, e, http.MethodGet, Path("userscale", "workload")).Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	const want = "Wants 3: active_users_per_pod has a smoothed total of 28 in 2 counted pods, 140 % of the target of 10 per pod, and asks for 3; " +
		"cpu asks for 1."
	if got := list.Items[0].Sentence; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, p := range list.Items[0].Metrics[0].Pods {
		if p.State != sample.StateFresh || p.Share == nil || *p.Share != 14 || p.Part != PartCounted {
			t.Errorf("pod %+v", p)
		}
	}
}

func TestEndpointRefuses(t *testing.T) {
	_, e := cluster(t)
	base := Path("userscale", "workload")
	for _, tc := range []struct {
		method, path string
		want         int
		text         string
	}{
		{http.MethodGet, Path("userscale", "nobody"), http.StatusNotFound, `"horizontalpodautoscalers.autoscaling \"nobody\" not found"`},
		{http.MethodGet, Path("other", "workload"), http.StatusNotFound, "not found"},
		{http.MethodGet, Path("", "workload"), http.StatusBadRequest, "without a namespace"},
		{http.MethodPost, base, http.StatusMethodNotAllowed, "explain"},
		{http.MethodDelete, base, http.StatusMethodNotAllowed, "explain"},
		{http.MethodHead, base, http.StatusMethodNotAllowed, ""},
		{http.MethodGet, base + "/more", http.StatusTeapot, ""},
		{http.MethodGet, strings.Replace(base, "v1beta2", "v1beta1", 1), http.StatusTeapot, ""},
		{http.MethodGet, strings.Replace(base, "autoscaling", "apps", 1), http.StatusTeapot, ""},
		{http.MethodGet, strings.Replace(base, "custom.metrics", "external.metrics", 1), http.StatusTeapot, ""},
		{http.MethodGet, "/metrics", http.StatusTeapot, ""},
	} {
		w := get(t, e, tc.method, tc.path)
		if w.Code != tc.want || !strings.Contains(w.Body.String(), tc.text) {
			t.Errorf("%s %s: status %d, %s\nwant %d with %q", tc.method, tc.path, w.Code, w.Body, tc.want, tc.text)
		}
		if tc.text != "" && !strings.Contains(w.Body.String(), `"kind":"Status"`) {
			t.Errorf("%s %s: %s, want a Status", tc.method, tc.path, w.Body)
		}
	}
}

func TestEndpointWithoutAnAPIServer(t *testing.T) {
	for _, kind := range []string{"horizontalpodautoscalers", "pods"} {
		client, e := cluster(t)
		client.PrependReactor("list", kind, func(clienttesting.Action) (bool, runtime.Object, error) {
			return true, nil, errors.New("connection refused")
		})
		w := get(t, e, http.MethodGet, Path("userscale", "workload"))
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "connection refused") {
			t.Errorf("%s: status %d, %s", kind, w.Code, w.Body)
		}
	}
}

func cpuUsage(text string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(text)}
}

// The sum of a pod's containers counts, and a pod with an unknown one has no reading.
func TestUsedResources(t *testing.T) {
	usage := []metricsv1beta1.PodMetrics{
		{ObjectMeta: metav1.ObjectMeta{Name: "a"}, Containers: []metricsv1beta1.ContainerMetrics{
			{Name: "app", Usage: cpuUsage("100m")}, {Name: "sidecar", Usage: cpuUsage("20m")}}},
		{ObjectMeta: metav1.ObjectMeta{Name: "b"}, Containers: []metricsv1beta1.ContainerMetrics{
			{Name: "app", Usage: cpuUsage("70m")}, {Name: "sidecar"}}},
		{ObjectMeta: metav1.ObjectMeta{Name: "c"}},
	}
	for container, want := range map[string]map[string]int64{"": {"a": 120}, "app": {"a": 100, "b": 70}, "none": {}} {
		got := used(usage, corev1.ResourceCPU, container)
		if len(got) != len(want) {
			t.Errorf("container %q: %v, want %v", container, got, want)
		}
		for name, milli := range want {
			if got[name].Milli != milli {
				t.Errorf("container %q, pod %s: %d, want %d", container, name, got[name].Milli, milli)
			}
		}
	}
}
