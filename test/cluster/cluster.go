// Package cluster is what the demo and the end-to-end tests know of the cluster they run in: its API, kubectl, and load from
// outside the pods. It runs inside the cluster's network (`localkube exec`), with KUBECONFIG set.
package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
)

// Cluster is a handle on a running cluster.
type Cluster struct {
	Client kubernetes.Interface
	Config *rest.Config
}

// Connect opens the cluster that KUBECONFIG names.
func Connect() (*Cluster, error) {
	path := os.Getenv("KUBECONFIG")
	if path == "" {
		return nil, errors.New("KUBECONFIG is not set: run this through `localkube exec -- …`")
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, fmt.Errorf("read KUBECONFIG %s: %w", path, err)
	}
	// The recorder asks for several objects a second; client-side throttling would distort its times.
	config.QPS, config.Burst = 200, 400
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("make a client for %s: %w", path, err)
	}
	return &Cluster{Client: client, Config: config}, nil
}

// Kubectl runs kubectl as a user would and returns what it printed.
func (c *Cluster) Kubectl(ctx context.Context, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(ctx, "kubectl", args...)
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// ServiceURL is the address of a Service's first port, for clients inside the cluster's network.
func (c *Cluster) ServiceURL(ctx context.Context, namespace, name string) (string, error) {
	s, err := c.Client.CoreV1().Services(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("get service %s/%s: %w", namespace, name, err)
	}
	return fmt.Sprintf("http://%s:%d", s.Spec.ClusterIP, s.Spec.Ports[0].Port), nil
}

// Pods lists the pods that match the selector.
func (c *Cluster) Pods(ctx context.Context, namespace, selector string) ([]corev1.Pod, error) {
	list, err := c.Client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil, fmt.Errorf("list pods %s in %s: %w", selector, namespace, err)
	}
	return list.Items, nil
}

// MetricPath is the path of a metric of all pods that match the selector, in the given version of custom.metrics.k8s.io.
func MetricPath(version, namespace, metric, selector string) string {
	return fmt.Sprintf("/apis/custom.metrics.k8s.io/%s/namespaces/%s/pods/*/%s?labelSelector=%s",
		version, namespace, metric, url.QueryEscape(selector))
}

// PodMetric asks the custom metrics API, as the HPA controller does, for a metric of the pods that match the selector.
func (c *Cluster) PodMetric(ctx context.Context, namespace, metric string, selector labels.Selector) (*v1beta2.MetricValueList, error) {
	return c.MetricValues(ctx, MetricPath("v1beta2", namespace, metric, selector.String()))
}

// MetricValues gets a v1beta2 path of the custom metrics API.
func (c *Cluster) MetricValues(ctx context.Context, path string) (*v1beta2.MetricValueList, error) {
	body, err := c.Client.CoreV1().RESTClient().Get().RequestURI(path).DoRaw(ctx)
	if err != nil {
		return nil, err
	}
	list := &v1beta2.MetricValueList{}
	if err := json.Unmarshal(body, list); err != nil {
		return nil, fmt.Errorf("decode %s: %w", path, err)
	}
	return list, nil
}

// Sum adds up the values of a list: for a smoothed metric, the group's smoothed total.
func Sum(list *v1beta2.MetricValueList) float64 {
	var milli int64
	for i := range list.Items {
		milli += list.Items[i].Value.MilliValue()
	}
	return float64(milli) / 1000
}
