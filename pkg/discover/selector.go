package discover

import (
	"context"
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	appslisters "k8s.io/client-go/listers/apps/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
)

// errNotWatched marks a failed read of a target that sends no events, which is therefore worth trying again.
var errNotWatched = errors.New("target is not watched")

// selectors finds the label selectors of objects that have pods.
type selectors struct {
	services     corelisters.ServiceLister
	deployments  appslisters.DeploymentLister
	statefulSets appslisters.StatefulSetLister
	replicaSets  appslisters.ReplicaSetLister
	scales       Scales
}

func newSelectors(factory informers.SharedInformerFactory, scales Scales) *selectors {
	apps := factory.Apps().V1()
	return &selectors{
		services:     factory.Core().V1().Services().Lister(),
		deployments:  apps.Deployments().Lister(),
		statefulSets: apps.StatefulSets().Lister(),
		replicaSets:  apps.ReplicaSets().Lister(),
		scales:       scales,
	}
}

// of returns the selector of a scale target, from the caches where the kind is watched and from /scale where it is not.
func (s *selectors) of(ctx context.Context, namespace string, ref autoscalingv2.CrossVersionObjectReference) (labels.Selector, error) {
	gv, err := schema.ParseGroupVersion(ref.APIVersion)
	if err != nil {
		return nil, fmt.Errorf("scaleTargetRef.apiVersion: %w", err)
	}
	if gv.Group != appsv1.GroupName || !watched(ref.Kind) {
		selector, err := s.scales.Selector(ctx, namespace, gv.WithKind(ref.Kind), ref.Name)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNotWatched, err)
		}
		return selector, nil
	}
	selector, err := s.cached(ref.Kind, namespace, ref.Name)
	if err != nil {
		return nil, err
	}
	return metav1.LabelSelectorAsSelector(selector)
}

func watched(kind string) bool {
	return kind == "Deployment" || kind == "StatefulSet" || kind == "ReplicaSet"
}

// cached returns the selector of an object of a kind that is watched, or of a Service; nil if it has none.
func (s *selectors) cached(kind, namespace, name string) (*metav1.LabelSelector, error) {
	var object any
	var err error
	switch kind {
	case "Service":
		object, err = s.services.Services(namespace).Get(name)
	case "Deployment":
		object, err = s.deployments.Deployments(namespace).Get(name)
	case "StatefulSet":
		object, err = s.statefulSets.StatefulSets(namespace).Get(name)
	default:
		object, err = s.replicaSets.ReplicaSets(namespace).Get(name)
	}
	if err != nil {
		return nil, err
	}
	return selectorOf(object), nil
}

// sameSelector says whether an event left an object's selector, and the object itself, as it was.
func sameSelector(before, after any) bool {
	return apiequality.Semantic.DeepEqual(selectorOf(before), selectorOf(after))
}

func selectorOf(object any) *metav1.LabelSelector {
	switch o := object.(type) {
	case *corev1.Service:
		if len(o.Spec.Selector) == 0 { // selects nothing, not everything
			return nil
		}
		return &metav1.LabelSelector{MatchLabels: o.Spec.Selector}
	case *appsv1.Deployment:
		return o.Spec.Selector
	case *appsv1.StatefulSet:
		return o.Spec.Selector
	case *appsv1.ReplicaSet:
		return o.Spec.Selector
	default:
		return nil
	}
}
