package discover

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"

	"userscale.dev/userscale/pkg/sample"
)

func service(name string, spec corev1.ServiceSpec) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name}, Spec: spec}
}

func TestSelectorOfObjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		meta := metav1.ObjectMeta{Namespace: "ns", Name: "db"}
		some := &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: "In", Values: []string{"a", "b"}}}}
		client := fake.NewClientset(deployment("web"),
			&appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Selector: some}},
			&appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"hash": "1"}}}},
			service("web", corev1.ServiceSpec{Selector: map[string]string{"tier": "front", "app": "web"}}),
			service("endpoints", corev1.ServiceSpec{}),
			service("elsewhere", corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, Selector: map[string]string{"app": "web"}}))
		d, err := New(client, &scales{}, log{make(chan string, 99)})
		if err != nil {
			t.Fatal(err)
		}
		go d.Run(ctx)
		<-d.Synced()
		check := func(group, kind, name, want string, wantErr error) {
			t.Helper()
			got, err := d.Selector(schema.GroupKind{Group: group, Kind: kind}, "ns", name)
			if !errors.Is(err, wantErr) || err == nil && got.String() != want {
				t.Errorf("%s %s: %v, %v, want %q, %v", kind, name, got, err, want, wantErr)
			}
		}
		check("", "Service", "web", "app=web,tier=front", nil)
		check("apps", "Deployment", "web", "app=web", nil)
		check("apps", "StatefulSet", "db", "app in (a,b)", nil)
		check("apps", "ReplicaSet", "db", "hash=1", nil)
		check("", "Service", "endpoints", "", sample.ErrNoSelector)
		check("", "Service", "elsewhere", "", sample.ErrNoSelector)
		check("", "Service", "db", "", sample.ErrNoObject)
		check("apps", "Deployment", "db", "", sample.ErrNoObject)
		check("extensions", "Deployment", "web", "", sample.ErrNoObject)
		check("", "Node", "web", "", sample.ErrNoObject)

		moved := service("web", corev1.ServiceSpec{Selector: map[string]string{"app": "next"}})
		if _, err := client.CoreV1().Services("ns").Update(ctx, moved, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := client.AppsV1().Deployments("ns").Delete(ctx, "web", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		check("", "Service", "web", "app=next", nil)
		check("apps", "Deployment", "web", "", sample.ErrNoObject)
	})
}
