// Package adapter puts the parts together and runs them: discovery fills the store with pods and HPAs, one loop per metric
// collects and records, and the API server answers from the store.
package adapter

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/component-base/logs"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/cmd"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/cmd/options"

	"userscale.dev/userscale/pkg/config"
)

// Options are the command line's settings. What the adapter measures and how is in the configuration file.
type Options struct {
	ConfigFile  string
	SecretName  string // of the Secret that keeps the serving certificate; empty leaves certificates to the flags
	ServiceName string
	Namespace   string // the adapter's own; empty outside a cluster

	base cmd.AdapterBase
}

// namespaceFile is where Kubernetes tells a pod its namespace.
const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// NewOptions returns the defaults.
func NewOptions() *Options {
	o := &Options{SecretName: "userscale-adapter-tls", ServiceName: "userscale-adapter"}
	if namespace, err := os.ReadFile(namespaceFile); err == nil {
		o.Namespace = strings.TrimSpace(string(namespace))
	}
	server := options.NewCustomMetricsAdapterServerOptions()
	server.SecureServing.BindPort = 6443
	server.SecureServing.ServerCert.CertDirectory = "" // a self-signed certificate stays in memory: the file system is read-only
	o.base = cmd.AdapterBase{Name: "userscale-adapter", CustomMetricsAdapterServerOptions: server}
	return o
}

// Flags returns the command line that sets the options.
func (o *Options) Flags() *pflag.FlagSet {
	flags := pflag.NewFlagSet("adapter", pflag.ContinueOnError)
	flags.SortFlags = false
	flags.StringVar(&o.ConfigFile, "config", o.ConfigFile,
		"AdapterConfiguration file; without one, the active users of opted-in pods are served")
	flags.StringVar(&o.SecretName, "secret-name", o.SecretName,
		"Secret in the adapter's namespace that keeps its CA and serving certificate, which the adapter makes, renews and "+
			"publishes in its APIServices; not used with --tls-cert-file, outside a cluster, or if empty")
	flags.StringVar(&o.ServiceName, "service-name", o.ServiceName, "Service that the certificate is for")
	flags.StringVar(&o.Namespace, "namespace", o.Namespace,
		"the adapter's own namespace; in a cluster, that of its service account unless set")
	o.base.FlagSet = flags
	o.base.InstallFlags()
	logs.AddFlags(flags)
	flags.Usage = func() { fmt.Fprint(os.Stderr, usage(flags)) }
	return flags
}

func usage(flags *pflag.FlagSet) string {
	var b strings.Builder
	b.WriteString(`Adapter serves metrics of pods to HorizontalPodAutoscalers (custom.metrics.k8s.io).

Examples:
  # in a cluster: the shipped manifests run
  adapter --config=/etc/userscale/adapter.yaml

  # outside of one, against the cluster of a kubeconfig
  adapter --lister-kubeconfig=$KUBECONFIG --authentication-kubeconfig=$KUBECONFIG --authorization-kubeconfig=$KUBECONFIG

Environment, over the configuration file; an empty variable counts as unset:
`)
	for _, v := range config.Variables() {
		fmt.Fprintf(&b, "  %-26s %s\n", v.Name, v.Help)
	}
	b.WriteString("\nFlags:\n")
	b.WriteString(flags.FlagUsagesWrapped(120))
	return b.String()
}

// keepsCertificate says whether the adapter looks after its own serving certificate.
func (o *Options) keepsCertificate() bool {
	return o.SecretName != "" && o.Namespace != "" && o.base.SecureServing.ServerCert.CertKey.CertFile == ""
}
