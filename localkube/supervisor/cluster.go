package supervisor

import (
	"context"
	"errors"
	"fmt"
	"net"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"

	"userscale.dev/userscale/localkube/plan"
)

// The conditions of a cluster that has started, as its API server and its DNS tell them.
type cluster struct {
	client dynamic.Interface
	node   string
}

func connect(l plan.Layout, node string) (*cluster, error) {
	config, err := clientcmd.BuildConfigFromFlags("", l.Kubeconfig())
	if err != nil {
		return nil, fmt.Errorf("read the administrator's kubeconfig: %w", err)
	}
	config.QPS = -1 // no limit: the requests are few, and somebody waits for them
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make a client of the API server: %w", err)
	}
	return &cluster{client: client, node: node}, nil
}

// apply creates or updates the objects of the given YAML documents.
func (c *cluster) apply(ctx context.Context, documents []string) error {
	for _, document := range documents {
		object := &unstructured.Unstructured{}
		if err := yaml.UnmarshalStrict([]byte(document), &object.Object); err != nil {
			return fmt.Errorf("parse a manifest: %w", err)
		}
		resource, _ := meta.UnsafeGuessKindToResource(object.GroupVersionKind())
		_, err := c.client.Resource(resource).Namespace(object.GetNamespace()).
			Apply(ctx, object.GetName(), object, metav1.ApplyOptions{FieldManager: "localkube", Force: true})
		if err != nil {
			return fmt.Errorf("apply %s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

// nodeReady checks that the node is Ready and takes pods, and that they can have a service account.
func (c *cluster) nodeReady(ctx context.Context) error {
	node, err := c.client.Resource(core("nodes")).Get(ctx, c.node, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("get the node: %w", err)
	}
	if err := condition(node, "Ready"); err != nil {
		return err
	}
	if taints, _, _ := unstructured.NestedSlice(node.Object, "spec", "taints"); len(taints) > 0 {
		return fmt.Errorf("node %s has taints: %v", c.node, taints)
	}
	if _, err := c.client.Resource(core("serviceaccounts")).Namespace("default").Get(ctx, "default", metav1.GetOptions{}); err != nil {
		return fmt.Errorf("get the default service account: %w", err)
	}
	return nil
}

// metricsAvailable checks that the API server reaches metrics-server.
func (c *cluster) metricsAvailable(ctx context.Context) error {
	resource := schema.GroupVersionResource{Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices"}
	service, err := c.client.Resource(resource).Get(ctx, "v1beta1.metrics.k8s.io", metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("get the APIService of metrics-server: %w", err)
	}
	return condition(service, "Available")
}

// dnsAnswers checks that a name resolves at the address that pods ask.
func dnsAnswers(ctx context.Context) error {
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, plan.DNSIP+":53")
	}}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	addresses, err := resolver.LookupHost(ctx, "kubernetes.default.svc."+plan.Domain+".")
	if err != nil {
		return fmt.Errorf("ask the cluster's DNS: %w", err)
	}
	if len(addresses) != 1 || addresses[0] != plan.APIIP {
		return fmt.Errorf("the cluster's DNS answers %v for Service default/kubernetes, want %s", addresses, plan.APIIP)
	}
	return nil
}

func core(resource string) schema.GroupVersionResource {
	return schema.GroupVersionResource{Version: "v1", Resource: resource}
}

// condition returns an error unless the object's condition of the given type is True.
func condition(object *unstructured.Unstructured, kind string) error {
	conditions, _, err := unstructured.NestedSlice(object.Object, "status", "conditions")
	if err != nil {
		return fmt.Errorf("read the conditions of %s: %w", object.GetName(), err)
	}
	for _, c := range conditions {
		fields, ok := c.(map[string]any)
		if !ok || fields["type"] != kind {
			continue
		}
		if fields["status"] == "True" {
			return nil
		}
		return fmt.Errorf("%s %s is not %s: %v", object.GetKind(), object.GetName(), kind, fields["message"])
	}
	return errors.New(object.GetKind() + " " + object.GetName() + " has no condition " + kind + " yet")
}
