package policy

import (
	"errors"
	"fmt"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	apiv2 "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/apis/autoscaling/validation"
)

const hpaKind = "HorizontalPodAutoscaler"

// ReadHPA reads the one HPA of a text in YAML or JSON, as an API server does: decoded strictly, with the server's own defaults and
// validation. Other objects, as kustomize puts them into one text, are passed over. Without a namespace it is in "default".
func ReadHPA(text []byte) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	document, err := find(text)
	if err != nil {
		return nil, err
	}
	scheme := runtime.NewScheme()
	if err := errors.Join(autoscaling.AddToScheme(scheme), apiv2.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	object, _, err := decoder.Decode(document, nil, nil)
	if err != nil {
		return nil, errors.Join(quantities(document), err)
	}
	hpa, ok := object.(*autoscalingv2.HorizontalPodAutoscaler)
	if !ok {
		return nil, fmt.Errorf("%T is not an HPA", object)
	}
	if len(hpa.Spec.Metrics) == 0 {
		return nil, field.Required(field.NewPath("spec", "metrics"), "name at least one: without any, an API server puts in cpu at 80 % of the requests")
	}
	if hpa.Namespace == "" {
		hpa.Namespace = metav1.NamespaceDefault
	}
	hpa.Status, hpa.ResourceVersion, hpa.Generation = autoscalingv2.HorizontalPodAutoscalerStatus{}, "", 1
	scheme.Default(hpa)
	return hpa, validate(scheme, hpa)
}

// validate asks the API server's own validation.
func validate(scheme *runtime.Scheme, hpa *autoscalingv2.HorizontalPodAutoscaler) error {
	var internal autoscaling.HorizontalPodAutoscaler
	if err := scheme.Convert(hpa, &internal, nil); err != nil {
		return err
	}
	reference := validation.CrossVersionObjectReferenceValidationOptions{}
	reference.AllowEmptyAPIGroup = internal.Spec.ScaleTargetRef.Kind == "ReplicationController"
	return validation.ValidateHorizontalPodAutoscaler(&internal, validation.HorizontalPodAutoscalerSpecValidationOptions{
		MinReplicasLowerBound:           0, // the gate HPAScaleToZero is on since 1.37
		ScaleTargetRefValidationOptions: reference,
		ObjectMetricsValidationOptions:  validation.CrossVersionObjectReferenceValidationOptions{AllowEmptyAPIGroup: true},
	}).ToAggregate()
}

// find returns the one document that is an HPA.
func find(text []byte) ([]byte, error) {
	all, err := documents(text)
	if err != nil {
		return nil, err
	}
	var found, others []document
	for _, d := range all {
		switch {
		case d.Kind != hpaKind:
			others = append(others, d)
		case d.APIVersion != autoscalingv2.SchemeGroupVersion.String():
			return nil, field.NotSupported(field.NewPath("apiVersion"), d.APIVersion, []string{autoscalingv2.SchemeGroupVersion.String()})
		default:
			found = append(found, d)
		}
	}
	switch {
	case len(found) == 1:
		return found[0].text, nil
	case len(found) > 1:
		return nil, fmt.Errorf("document %d: a second %s, %q after %q: allowed: one", found[1].number, hpaKind, found[1].Metadata.Name, found[0].Metadata.Name)
	case len(others) > 0:
		return nil, fmt.Errorf("%s in it: allowed: kind %q", kinds(others), hpaKind)
	default:
		return nil, fmt.Errorf("nothing in it: begin with apiVersion: %s and kind: %s", autoscalingv2.SchemeGroupVersion, hpaKind)
	}
}
