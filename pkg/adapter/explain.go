package adapter

import (
	"fmt"

	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	metricsclient "k8s.io/metrics/pkg/client/clientset/versioned"

	"userscale.dev/userscale/pkg/discover"
	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/pkg/store"
)

// The explainer's requests per second. It reads the cluster only when somebody asks, and then, of all HPAs, much at once.
const explainQPS, explainBurst = 50, 100

// explainer returns what answers why an HPA stands where it stands.
func (o *Options) explainer(values *store.Store, discovery *discover.Discovery) (*explain.Explainer, error) {
	shared, err := o.base.ClientConfig()
	if err != nil {
		return nil, err
	}
	config := rest.CopyConfig(shared)
	config.QPS, config.Burst = explainQPS, explainBurst
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client to explain HPAs: %w", err)
	}
	metrics, err := metricsclient.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client of metrics.k8s.io: %w", err)
	}
	objects, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client of scales: %w", err)
	}
	scales := explain.ScaleReader{
		Client: objects,
		Mapper: restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client.Discovery())),
	}
	return explain.New(explain.Sources{Client: client, Metrics: metrics, Scales: scales, Objects: discovery, Values: values}), nil
}
