package explain

import (
	"fmt"

	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
)

// All is the name that stands for every HPA.
const All = "*"

// A report looks like a subresource in the adapter's own API group, so that the API server authenticates, authorises and proxies it like
// any other: get on horizontalpodautoscalers.autoscaling/explain in custom.metrics.k8s.io.
const (
	Resource    = "horizontalpodautoscalers.autoscaling"
	Subresource = "explain"
)

// Path is where an HPA is explained: the HPAs of a namespace if the name is All, those of all namespaces if namespace is empty.
func Path(namespace, name string) string {
	if namespace != "" {
		namespace = "namespaces/" + namespace + "/"
	}
	return fmt.Sprintf("/apis/%s/%s%s/%s/%s", v1beta2.SchemeGroupVersion, namespace, Resource, name, Subresource)
}
