package certificate

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/klog/v2"
)

// APIServices publishes the CA in the registrations that make the API server call the adapter.
type APIServices struct {
	Client dynamic.Interface
	Names  []string
}

// Publish writes the bundle into every APIService that does not have it. One that cannot be written does not keep it from
// the others.
func (a APIServices) Publish(ctx context.Context, bundle []byte) error {
	var errs []error
	for _, name := range a.Names {
		if err := a.publish(ctx, name, bundle); err != nil {
			errs = append(errs, fmt.Errorf("publish the CA in apiservice %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func (a APIServices) publish(ctx context.Context, name string, bundle []byte) error {
	resource := a.Client.Resource(schema.GroupVersionResource{
		Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices",
	})
	object, err := resource.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if published(object, bundle) {
		return nil
	}
	// The resource version makes two replicas' writes follow one another: the one that is late fails, and looks again.
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": object.GetResourceVersion()},
		"spec":     map[string]any{"caBundle": bundle, "insecureSkipTLSVerify": false},
	})
	if err != nil {
		return err
	}
	if _, err := resource.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return err
	}
	klog.FromContext(ctx).Info("Published the CA", "apiservice", name)
	return nil
}

func published(object *unstructured.Unstructured, bundle []byte) bool {
	text, _, _ := unstructured.NestedString(object.Object, "spec", "caBundle")
	have, err := base64.StdEncoding.DecodeString(text)
	insecure, _, _ := unstructured.NestedBool(object.Object, "spec", "insecureSkipTLSVerify")
	return err == nil && !insecure && bytes.Equal(have, bundle)
}
