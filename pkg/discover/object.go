package discover

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"userscale.dev/userscale/pkg/sample"
)

// Selector returns which pods an object has: a Service, Deployment, StatefulSet or ReplicaSet. It asks nobody.
//
// Errors: sample.ErrNoObject if there is none of that name, or the kind is another; sample.ErrNoSelector for a Service without one.
func (d *Discovery) Selector(kind schema.GroupKind, namespace, name string) (labels.Selector, error) {
	if kind != corev1.SchemeGroupVersion.WithKind("Service").GroupKind() && (kind.Group != appsv1.GroupName || !watched(kind.Kind)) {
		return nil, fmt.Errorf("%w: the pods of a %s are not known", sample.ErrNoObject, kind)
	}
	selector, err := d.hpas.selectors.cached(kind.Kind, namespace, name)
	switch {
	case apierrors.IsNotFound(err):
		return nil, fmt.Errorf("%w: %s %s/%s", sample.ErrNoObject, kind, namespace, name)
	case err != nil:
		return nil, fmt.Errorf("look up %s %s/%s: %w", kind, namespace, name, err)
	case selector == nil:
		return nil, fmt.Errorf("%w: %s %s/%s says of no pods that they are its own", sample.ErrNoSelector, kind, namespace, name)
	}
	return metav1.LabelSelectorAsSelector(selector)
}
