package explain

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"
)

func TestScaleReader(t *testing.T) {
	deployments := schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	mapper := meta.NewDefaultRESTMapper(nil)
	mapper.Add(deployments.GroupVersion().WithKind("Deployment"), meta.RESTScopeNamespace)
	client := fake.NewSimpleDynamicClient(runtime.NewScheme())
	client.PrependReactor("get", "deployments", func(action clienttesting.Action) (bool, runtime.Object, error) {
		a := action.(clienttesting.GetAction)
		switch {
		case a.GetSubresource() != "scale" || a.GetNamespace() != "ns":
			t.Errorf("asked for %s of %s", a.GetSubresource(), a.GetNamespace())
		case a.GetName() == "secret":
			return true, nil, apierrors.NewForbidden(deployments.GroupResource(), "secret", nil)
		case a.GetName() != "web":
			return true, nil, apierrors.NewNotFound(deployments.GroupResource(), a.GetName())
		}
		return true, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "autoscaling/v1", "kind": "Scale", "spec": map[string]any{"replicas": int64(4)},
			"status": map[string]any{"replicas": int64(3), "selector": "app=web"},
		}}, nil
	})
	reader := ScaleReader{Client: client, Mapper: mapper}
	ref := autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	got, err := reader.Scale(t.Context(), "ns", ref)
	if err != nil {
		t.Fatal(err)
	}
	want := autoscalingv1.ScaleStatus{Replicas: 3, Selector: "app=web"}
	if diff := cmp.Diff(want, got.Status); diff != "" || got.Spec.Replicas != 4 {
		t.Errorf("replicas %d, status -want +got:\n%s", got.Spec.Replicas, diff)
	}
	for _, tc := range []struct{ apiVersion, kind, name, want string }{
		{"apps/v1", "Deployment", "gone", "does not exist"},
		{"apps/v1", "Deployment", "secret", `cannot be read: deployments.apps "secret" is forbidden: <nil>`},
		{"example.com/v1", "Rocket", "web", "is of a kind that the cluster does not have (Rocket.example.com)"},
		{"a/b/c", "Deployment", "web", "has a bad apiVersion: unexpected GroupVersion string: a/b/c"},
	} {
		_, err := reader.Scale(t.Context(), "ns", autoscalingv2.CrossVersionObjectReference{APIVersion: tc.apiVersion, Kind: tc.kind, Name: tc.name})
		if err == nil || err.Error() != tc.want {
			t.Errorf("%s %s: %v, want %s", tc.kind, tc.name, err, tc.want)
		}
	}
}
