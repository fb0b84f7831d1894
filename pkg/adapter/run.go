package adapter

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/healthz"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/component-base/metrics/legacyregistry"
	librarymetrics "sigs.k8s.io/custom-metrics-apiserver/pkg/apiserver/metrics"

	"userscale.dev/userscale/pkg/adapter/certificate"
	"userscale.dev/userscale/pkg/adapter/client"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/discover"
	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/pkg/explain/endpoint"
	"userscale.dev/userscale/pkg/provider"
	"userscale.dev/userscale/pkg/store"
)

// Run runs the adapter until ctx ends or a part that it cannot do without fails.
func (o *Options) Run(ctx context.Context, getenv func(string) string) error {
	load := func() (*config.AdapterConfiguration, error) { return config.Load(o.ConfigFile, getenv) }
	settings, err := load()
	if err != nil {
		return err
	}
	values := store.New(nil)
	discovery, err := o.discovery(values)
	if err != nil {
		return err
	}
	own, err := registerMetrics(legacyregistry.Registerer(), values)
	if err != nil {
		return err
	}
	credentials, err := o.credentials()
	if err != nil {
		return err
	}
	keeper, err := o.certificate(ctx)
	if err != nil {
		return err
	}
	loops := &collections{
		store: values, discovery: discovery, synced: discovery.Synced(),
		source: func(s *config.AdapterConfiguration, m *config.Metric) (source, error) {
			return newSource(s, m, values, credentials)
		},
		metrics: own, ready: newReadiness(metricNames(settings)), running: map[string]*collection{},
	}
	inForce := &configuration{load: load, apply: loops.apply, metrics: own}
	o.base.WithCustomMetrics(provider.New(values, discovery)) // before the server's configuration, which describes it in the OpenAPI document
	explainer, err := o.explainer(values, discovery)
	if err != nil {
		return err
	}
	if err := o.configure(loops.ready, keeper, explainer, inForce); err != nil {
		return err
	}

	group, ctx := errgroup.WithContext(ctx)
	if err := inForce.start(ctx, settings); err != nil {
		return err
	}
	group.Go(func() error { discovery.Run(ctx); return nil })
	if keeper != nil {
		group.Go(func() error { keeper.Run(ctx); return nil })
	}
	group.Go(func() error {
		hangup := make(chan os.Signal, 1)
		signal.Notify(hangup, syscall.SIGHUP)
		defer signal.Stop(hangup)
		inForce.follow(ctx, hangup)
		loops.wait()
		return nil
	})
	group.Go(func() error { return o.base.Run(ctx) })
	return group.Wait()
}

// registerMetrics returns the adapter's own metrics, those of the store and the library with them.
func registerMetrics(r prometheus.Registerer, values *store.Store) (*metrics, error) {
	own, err := newMetrics(r)
	if err != nil {
		return nil, err
	}
	if err := r.Register(newTotals(values)); err != nil {
		return nil, fmt.Errorf("register totals: %w", err)
	}
	if err := librarymetrics.RegisterMetrics(legacyregistry.Register); err != nil {
		return nil, fmt.Errorf("register the library's metrics: %w", err)
	}
	return own, nil
}

func (o *Options) discovery(s *store.Store) (*discover.Discovery, error) {
	config, cluster, err := o.client()
	if err != nil {
		return nil, err
	}
	scales, err := discover.NewScaleClient(config)
	if err != nil {
		return nil, err
	}
	return discover.New(cluster, scales, s)
}

// credentials reads the Secrets of the adapter's own namespace, where it is known.
func (o *Options) credentials() (*client.Credentials, error) {
	if o.Namespace == "" {
		return client.NewCredentials(nil), nil
	}
	_, cluster, err := o.client()
	if err != nil {
		return nil, err
	}
	return client.NewCredentials(cluster.CoreV1().Secrets(o.Namespace)), nil
}

// client returns a client of the cluster, and the configuration that it is made from.
func (o *Options) client() (*rest.Config, kubernetes.Interface, error) {
	config, err := o.base.ClientConfig()
	if err != nil {
		return nil, nil, err
	}
	cluster, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, nil, fmt.Errorf("client: %w", err)
	}
	return config, cluster, nil
}

// certificate returns the started keeper of the serving certificate, or nil where certificates are left to the flags.
func (o *Options) certificate(ctx context.Context) (*certificate.Keeper, error) {
	if !o.keepsCertificate() {
		return nil, nil
	}
	_, cluster, err := o.client()
	if err != nil {
		return nil, err
	}
	dynamic, err := o.base.DynamicClient()
	if err != nil {
		return nil, err
	}
	keeper := certificate.New(cluster.CoreV1().Secrets(o.Namespace), o.SecretName,
		certificate.ServiceNames(o.ServiceName, o.Namespace),
		certificate.APIServices{Client: dynamic, Names: []string{"v1beta1.custom.metrics.k8s.io", "v1beta2.custom.metrics.k8s.io"}})
	return keeper, keeper.Start(ctx)
}

// configure adds to the library's server what is ours.
func (o *Options) configure(ready *readiness, keeper *certificate.Keeper, explainer *explain.Explainer, inForce *configuration) error {
	c, err := o.base.Config()
	if err != nil {
		return fmt.Errorf("configure the server: %w", err)
	}
	c.GenericConfig.AddReadyzChecks(healthz.NamedCheck("collections", ready.check))
	c.GenericConfig.BuildHandlerChainFunc = func(api http.Handler, g *genericapiserver.Config) http.Handler {
		return genericapiserver.DefaultBuildHandlerChain(withConfiguration(endpoint.With(withSelectorCheck(api), explainer), inForce), g)
	}
	if keeper != nil {
		c.GenericConfig.SecureServing.Cert = keeper
	}
	return nil
}
