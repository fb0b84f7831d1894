package provider

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/metrics/pkg/apis/custom_metrics"
)

func pods() schema.GroupResource { return schema.GroupResource{Resource: "pods"} }

// object is a resource whose objects select pods.
type object struct {
	resource schema.GroupResource
	kind     schema.GroupVersionKind
}

// objects are all resources besides pods that have metrics.
func objects() []object {
	apps := func(resource, kind string) object {
		return object{schema.GroupResource{Group: "apps", Resource: resource}, schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: kind}}
	}
	return []object{
		{schema.GroupResource{Resource: "services"}, schema.GroupVersionKind{Version: "v1", Kind: "Service"}},
		apps("deployments", "Deployment"), apps("statefulsets", "StatefulSet"), apps("replicasets", "ReplicaSet"),
	}
}

// kindOf returns a resource's kind; empty if it has no metrics.
func kindOf(resource schema.GroupResource) schema.GroupVersionKind {
	if resource == pods() {
		return schema.GroupVersionKind{Version: "v1", Kind: "Pod"}
	}
	for _, o := range objects() {
		if o.resource == resource {
			return o.kind
		}
	}
	return schema.GroupVersionKind{}
}

// reference describes an object of a kind, without its name. The version of a core kind is "/v1", as all adapters give it.
func reference(kind schema.GroupVersionKind) custom_metrics.ObjectReference {
	return custom_metrics.ObjectReference{Kind: kind.Kind, APIVersion: kind.Group + "/" + kind.Version}
}
