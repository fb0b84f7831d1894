package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"userscale.dev/userscale/pkg/explain"
)

// question is the explain command's line.
type question struct {
	kubeconfig    string
	namespace     string // empty: the context's
	allNamespaces bool
	output        string
	hpa           string
}

func newExplain() *cobra.Command {
	var q question
	c := &cobra.Command{
		Use:   "explain [HPA]",
		Short: "Say why an HPA stands where it stands",
		Long: `Explain says why a HorizontalPodAutoscaler stands where it stands: per metric its total, its pods with their values and why any is
missing, its target, band and proposal; which metric wins; which limit intervenes. Without a name it explains all HPAs of the
namespace. The running adapter answers, through the API server.`,
		Example: `  # one HPA of the namespace shop
  adapter explain --namespace=shop checkout

  # all HPAs there are, for a program
  adapter explain --all-namespaces --output=json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q.hpa = explain.All
			if len(args) > 0 {
				q.hpa = args[0]
			}
			return q.ask(c.Context(), c.OutOrStdout())
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVarP(&q.namespace, "namespace", "n", "", "the HPA's namespace; unless set, that of the kubeconfig's context")
	flags.BoolVarP(&q.allNamespaces, "all-namespaces", "A", false, "explain the HPAs of all namespaces")
	flags.StringVarP(&q.output, "output", "o", "text", "text or json")
	flags.StringVar(&q.kubeconfig, "kubeconfig", "", "kubeconfig file; unless set, as kubectl finds it, or the pod's service account")
	return c
}

// validate finds what cannot be asked.
func (q *question) validate() error {
	switch {
	case q.output != "text" && q.output != "json":
		return fmt.Errorf("output %q: allowed are text and json", q.output)
	case q.allNamespaces && (q.hpa != explain.All || q.namespace != ""):
		return fmt.Errorf("all-namespaces: goes with neither a namespace nor the name of an HPA")
	}
	return nil
}

func (q *question) ask(ctx context.Context, out io.Writer) error {
	if err := q.validate(); err != nil {
		return err
	}
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = q.kubeconfig
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{})
	config, err := loader.ClientConfig()
	if err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	if q.namespace == "" && !q.allNamespaces {
		if q.namespace, _, err = loader.Namespace(); err != nil {
			return fmt.Errorf("kubeconfig: %w", err)
		}
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	list, err := explain.Fetch(ctx, client.Discovery().RESTClient(), q.namespace, q.hpa)
	if err != nil {
		return err
	}
	return q.print(out, list)
}

func (q *question) print(out io.Writer, list explain.List) error {
	switch {
	case q.output == "json":
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(list)
	case len(list.Items) == 0 && q.allNamespaces:
		_, err := fmt.Fprintln(out, "There is no HPA in the cluster.")
		return err
	case len(list.Items) == 0:
		_, err := fmt.Fprintf(out, "There is no HPA in namespace %s.\n", q.namespace)
		return err
	}
	return explain.Write(out, list)
}
