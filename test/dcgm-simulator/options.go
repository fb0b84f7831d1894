package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
)

// options is what the flags say.
type options struct {
	listen     string
	kubeconfig string
	namespace  string // empty: all
	selector   string
	port       int
	hostname   string
	podUID     bool
	generation string // of dcgm-exporter, a key of dialects
	mig        bool
}

func parseOptions(args []string) (options, error) {
	hostname, _ := os.Hostname() // validate refuses an empty one
	var o options
	flags := flag.NewFlagSet("dcgm-simulator", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), "dcgm-simulator simulates dcgm-exporter: it shows the simulated GPU use of pods, not that of a GPU.\n\nFlags:\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&o.listen, "listen", "0.0.0.0:9400", "address to serve /metrics and /health on")
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "kubeconfig file; the pod's own service account unless given")
	flags.StringVar(&o.namespace, "namespace", "", "namespace of the pods; all namespaces unless given")
	flags.StringVar(&o.selector, "selector", "app.kubernetes.io/name=workload", "label selector of the pods that are to have a GPU each")
	flags.IntVar(&o.port, "port", 8000, "port of the pods' /metrics")
	flags.StringVar(&o.hostname, "hostname", hostname, "name of the simulated node")
	flags.BoolVar(&o.podUID, "kubernetes-enable-pod-uid", false, "add the label pod_uid; off by default in dcgm-exporter too")
	flags.StringVar(&o.generation, "generation", "4.x", "of dcgm-exporter, whose names and units are shown: "+strings.Join(generations(), ", "))
	flags.BoolVar(&o.mig, "mig", false, "show one GPU in MIG mode, of which each pod has an instance")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q: only flags are read", flags.Arg(0))
	}
	return o, o.validate()
}

func (o options) validate() error {
	var errs []error
	if o.port < 1 || o.port > 65535 {
		errs = append(errs, fmt.Errorf("--port=%d: must be between 1 and 65535", o.port))
	}
	if selector, err := labels.Parse(o.selector); err != nil {
		errs = append(errs, fmt.Errorf("--selector=%q: must be a label selector: %w", o.selector, err))
	} else if selector.Empty() {
		errs = append(errs, errors.New("--selector=\"\": must name the pods that are to have a GPU"))
	}
	if o.hostname == "" {
		errs = append(errs, errors.New("--hostname=\"\": must be given where the machine has no name"))
	}
	if d, ok := dialects[o.generation]; !ok {
		errs = append(errs, fmt.Errorf("--generation=%q: must be one of %s", o.generation, strings.Join(generations(), ", ")))
	} else if o.mig && d.engine == "" {
		errs = append(errs, fmt.Errorf("--mig: generation %s knows no MIG", o.generation))
	}
	return errors.Join(errs...)
}
