// Package components maps the name of each program of the cluster to its main function, so that one binary can be all of
// them: `localkube run kube-apiserver …`.
package components

import (
	"context"
	"fmt"
	"os"
	_ "time/tzdata" // time zones of CronJobs, as the upstream programs have them

	"github.com/coredns/coredns/coremain"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/apiserver/pkg/server"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register" // --logging-format=json, as the upstream programs have it
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	kubeproxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
	metricsserver "sigs.k8s.io/metrics-server/cmd/metrics-server/app"
)

// Main returns the main function of the named program, or nil if there is no such program here. It reads os.Args, returns the
// exit code, and may also exit by itself, as the upstream programs do.
func Main(name string) func() int {
	switch name {
	case "etcd":
		return func() int { etcdmain.Main(os.Args); return 0 }
	case "kube-apiserver":
		return func() int { return cli.Run(apiserver.NewAPIServerCommand()) }
	case "kube-controller-manager":
		return func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) }
	case "kube-scheduler":
		return func() int { return cli.Run(scheduler.NewSchedulerCommand()) }
	case "kubelet":
		return func() int { return cli.Run(kubelet.NewKubeletCommand(context.Background())) }
	case "kube-proxy":
		return func() int { return cli.Run(kubeproxy.NewProxyCommand()) }
	case "metrics-server":
		return metricsServerMain
	case "coredns":
		return func() int { coremain.Run(); return 0 }
	case "kubectl":
		return kubectlMain
	}
	return nil
}

func metricsServerMain() int {
	logs.InitLogs()
	defer logs.FlushLogs()
	if err := metricsserver.NewMetricsServerCommand(server.SetupSignalHandler()).Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func kubectlMain() int {
	logs.GlogSetter(kubectl.GetLogVerbosity(os.Args)) //nolint:errcheck // as upstream: a bad -v is reported when the flags are parsed
	kubectlutil.CheckErr(cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()))
	return 0
}

// Names returns the names that Main knows.
func Names() []string {
	return []string{
		"coredns", "etcd", "kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet", "metrics-server",
	}
}
