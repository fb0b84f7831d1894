package explain

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
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

func TestExplainNames(t *testing.T) {
	_, e := cluster(t)
	for _, tc := range []struct {
		namespace, name string
		want            []string
	}{
		{"userscale", "workload", []string{"userscale/workload"}},
		{"userscale", All, []string{"userscale/workload"}},
		{"empty", All, []string{}},
		{"", All, []string{"other/shop", "userscale/workload"}},
	} {
		list, err := e.Explain(t.Context(), tc.namespace, tc.name)
		got := []string{}
		for _, r := range list.Items {
			got = append(got, r.Namespace+"/"+r.Name)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" || err != nil || list.Items == nil {
			t.Errorf("%s/%s: %v, items nil: %v (-want +got):\n%s", tc.namespace, tc.name, err, list.Items == nil, diff)
		}
	}
	for namespace, name := range map[string]string{"userscale": "nobody", "other": "workload"} {
		if _, err := e.Explain(t.Context(), namespace, name); !apierrors.IsNotFound(err) {
			t.Errorf("%s/%s: %v, want not found", namespace, name, err)
		}
	}
}

// One report goes all the way from the store.
func TestExplain(t *testing.T) {
	_, e := cluster(t)
	list, err := e.Explain(t.Context(), "userscale", "workload")
	if err != nil {
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

func TestExplainWithoutAnAPIServer(t *testing.T) {
	for _, kind := range []string{"horizontalpodautoscalers", "pods"} {
		client, e := cluster(t)
		client.PrependReactor("list", kind, func(clienttesting.Action) (bool, runtime.Object, error) {
			return true, nil, errors.New("connection refused")
		})
		if _, err := e.Explain(t.Context(), "userscale", "workload"); err == nil || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("%s: %v", kind, err)
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
