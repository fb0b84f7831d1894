package observe

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"userscale.dev/userscale/test/cluster"
)

// Each kind of scale target is found by its kind, not only by its name.
func TestTarget(t *testing.T) {
	meta := metav1.ObjectMeta{Namespace: "ns", Name: "web"}
	selector := func(app string) *metav1.LabelSelector {
		return &metav1.LabelSelector{MatchLabels: map[string]string{"app": app}}
	}
	client := fake.NewClientset(
		&appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Selector: selector("d")}, Status: appsv1.DeploymentStatus{ReadyReplicas: 2}},
		&appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Selector: selector("s")}, Status: appsv1.StatefulSetStatus{ReadyReplicas: 3}},
	)
	r := NewRecorder(&cluster.Cluster{Client: client}, "ns", "hpa", nil)
	for _, c := range []struct {
		kind, name string
		ready      int32
		selector   string // empty: an error
	}{
		{"Deployment", "web", 2, "app=d"},
		{"StatefulSet", "web", 3, "app=s"},
		{"StatefulSet", "none", 0, ""},
		{"ReplicaSet", "web", 0, ""},
	} {
		got, err := r.target(t.Context(), autoscalingv2.CrossVersionObjectReference{Kind: c.kind, Name: c.name})
		if c.selector == "" {
			if err == nil {
				t.Errorf("%s %s: %+v, want an error", c.kind, c.name, got)
			}
			continue
		}
		if err != nil || got.ready != c.ready || got.selector.String() != c.selector {
			t.Errorf("%s %s: %+v, %v, want %d ready of %s", c.kind, c.name, got, err, c.ready, c.selector)
		}
	}
}
