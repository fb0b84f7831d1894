package plan

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// Component is one program of the cluster.
type Component struct {
	Name  string
	Path  string
	Args  []string
	After []string // steps and components that must be ready before it starts
	Ready string   // URL that answers 200 when it is ready, or unix:PATH of a socket that accepts connections
}

// Programs returns the names by which the multi-call binary is called inside the cluster.
func Programs(o Options, l Layout) []string {
	names := []string{"kubectl"}
	for _, c := range Components(o, l) {
		if filepath.Dir(c.Path) == l.Bin() {
			names = append(names, c.Name)
		}
	}
	return names
}

// Components returns what runs in a cluster.
func Components(o Options, l Layout) []Component {
	components := []Component{
		{
			Name: "containerd", Path: "/usr/bin/containerd",
			Args:  []string{"--config", l.File("config", "containerd.toml")},
			After: []string{"files", "network"},
			Ready: "unix:/run/containerd/containerd.sock",
		},
		{Name: "etcd", Args: etcd(l), After: []string{"files", "network"}, Ready: "http://127.0.0.1:2381/readyz"},
		{Name: "kube-apiserver", Args: apiserver(l), After: []string{"etcd"}, Ready: Server + "/readyz"},
		{Name: "kube-controller-manager", Args: controllerManager(o, l), After: []string{"kube-apiserver"}, Ready: "https://127.0.0.1:10257/healthz"},
		{Name: "kube-scheduler", Args: scheduler(l), After: []string{"kube-apiserver"}, Ready: "https://127.0.0.1:10259/readyz"},
		{Name: "kubelet", Args: kubelet(o, l), After: []string{"kube-apiserver", "containerd", "pause image"}, Ready: "http://127.0.0.1:10248/healthz"},
		{Name: "kube-proxy", Args: kubeProxy(o, l), After: []string{"kube-apiserver"}, Ready: "http://127.0.0.1:10256/healthz"},
		{
			Name:  "coredns",
			Args:  []string{"-conf", l.File("config", "Corefile")},
			After: []string{"objects"},
			Ready: fmt.Sprintf("http://127.0.0.1:%d/ready", dnsReadyPort),
		},
		{
			Name: "metrics-server", Args: metricsServer(l), After: []string{"objects"},
			Ready: fmt.Sprintf("https://%s:%d/livez", NodeIP, metricsServerPort),
		},
	}
	for i := range components {
		if components[i].Path == "" { // the multi-call binary
			components[i].Path = filepath.Join(l.Bin(), components[i].Name)
		}
	}
	return components
}

// flags turns names and values into arguments, sorted so that they read the same every time.
func flags(values map[string]string) []string {
	args := make([]string, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		args = append(args, "--"+name+"="+values[name])
	}
	return args
}

func etcd(l Layout) []string {
	return flags(map[string]string{
		"data-dir":              l.File("etcd"),
		"listen-client-urls":    "https://127.0.0.1:2379",
		"advertise-client-urls": "https://127.0.0.1:2379",
		"listen-peer-urls":      "http://127.0.0.1:2380",
		"listen-metrics-urls":   "http://127.0.0.1:2381",
		"cert-file":             l.PKI("etcd.crt"),
		"key-file":              l.PKI("etcd.key"),
		"trusted-ca-file":       l.PKI(etcdCA + ".crt"),
		"client-cert-auth":      "true",
		"unsafe-no-fsync":       "true", // the cluster is thrown away with the machine's next start anyway
		"log-level":             "warn",
	})
}

func apiserver(l Layout) []string {
	return flags(map[string]string{
		"etcd-servers":                       "https://127.0.0.1:2379",
		"etcd-cafile":                        l.PKI(etcdCA + ".crt"),
		"etcd-certfile":                      l.PKI("etcd-client.crt"),
		"etcd-keyfile":                       l.PKI("etcd-client.key"),
		"advertise-address":                  NodeIP, // there is no default route to find it by
		"secure-port":                        "6443",
		"service-cluster-ip-range":           ServiceCIDR,
		"tls-cert-file":                      l.PKI("kube-apiserver.crt"),
		"tls-private-key-file":               l.PKI("kube-apiserver.key"),
		"client-ca-file":                     l.PKI(ca + ".crt"),
		"authorization-mode":                 "Node,RBAC",
		"enable-admission-plugins":           "NodeRestriction",
		"allow-privileged":                   "true",
		"service-account-issuer":             "https://kubernetes.default.svc." + Domain,
		"service-account-key-file":           l.PKI("service-account.pub"),
		"service-account-signing-key-file":   l.PKI("service-account.key"),
		"kubelet-certificate-authority":      l.PKI(ca + ".crt"),
		"kubelet-client-certificate":         l.PKI("kubelet-client.crt"),
		"kubelet-client-key":                 l.PKI("kubelet-client.key"),
		"kubelet-preferred-address-types":    "InternalIP", // nothing resolves the node's name
		"requestheader-client-ca-file":       l.PKI(frontProxyCA + ".crt"),
		"requestheader-allowed-names":        "front-proxy-client",
		"requestheader-username-headers":     "X-Remote-User",
		"requestheader-group-headers":        "X-Remote-Group",
		"requestheader-extra-headers-prefix": "X-Remote-Extra-",
		"proxy-client-cert-file":             l.PKI("front-proxy-client.crt"),
		"proxy-client-key-file":              l.PKI("front-proxy-client.key"),
		"enable-aggregator-routing":          "true", // to the pods of an APIService rather than to its Service's address
	})
}

func controllerManager(o Options, l Layout) []string {
	kubeconfig := l.PKI("kube-controller-manager.kubeconfig")
	return flags(map[string]string{
		"kubeconfig":                            kubeconfig,
		"authentication-kubeconfig":             kubeconfig,
		"authorization-kubeconfig":              kubeconfig,
		"bind-address":                          "127.0.0.1",
		"tls-cert-file":                         l.PKI("kube-controller-manager.crt"),
		"tls-private-key-file":                  l.PKI("kube-controller-manager.key"),
		"client-ca-file":                        l.PKI(ca + ".crt"),
		"requestheader-client-ca-file":          l.PKI(frontProxyCA + ".crt"),
		"root-ca-file":                          l.PKI(ca + ".crt"),
		"service-account-private-key-file":      l.PKI("service-account.key"),
		"cluster-signing-cert-file":             l.PKI(ca + ".crt"),
		"cluster-signing-key-file":              l.PKI(ca + ".key"),
		"use-service-account-credentials":       "true", // each controller with its own rights, so that RBAC is really tested
		"leader-elect":                          "false",
		"horizontal-pod-autoscaler-sync-period": o.HPASyncPeriod.String(),
		"flex-volume-plugin-dir":                l.File("kubelet", "volume-plugins"), // which it makes; the default is the machine's
	})
}

func scheduler(l Layout) []string {
	kubeconfig := l.PKI("kube-scheduler.kubeconfig")
	return flags(map[string]string{
		"kubeconfig":                kubeconfig,
		"authentication-kubeconfig": kubeconfig,
		"authorization-kubeconfig":  kubeconfig,
		"bind-address":              "127.0.0.1",
		"tls-cert-file":             l.PKI("kube-scheduler.crt"),
		"tls-private-key-file":      l.PKI("kube-scheduler.key"),
		"leader-elect":              "false",
	})
}

func kubelet(o Options, l Layout) []string {
	return flags(map[string]string{
		"config":            l.File("config", "kubelet.yaml"),
		"kubeconfig":        l.PKI("kubelet.kubeconfig"),
		"root-dir":          l.File("kubelet"),
		"hostname-override": o.Name,
		"node-ip":           NodeIP,
	})
}

func kubeProxy(o Options, l Layout) []string {
	return flags(map[string]string{
		"kubeconfig":             l.PKI("kube-proxy.kubeconfig"),
		"hostname-override":      o.Name,
		"proxy-mode":             "iptables",
		"cluster-cidr":           PodCIDR,
		"conntrack-max-per-core": "0", // the limit can be set in the machine's own network namespace only
	})
}

func metricsServer(l Layout) []string {
	kubeconfig := l.PKI("metrics-server.kubeconfig")
	return flags(map[string]string{
		"kubeconfig":                      kubeconfig,
		"authentication-kubeconfig":       kubeconfig,
		"authorization-kubeconfig":        kubeconfig,
		"bind-address":                    NodeIP,
		"secure-port":                     fmt.Sprint(metricsServerPort),
		"tls-cert-file":                   l.PKI("metrics-server.crt"),
		"tls-private-key-file":            l.PKI("metrics-server.key"),
		"kubelet-certificate-authority":   l.PKI(ca + ".crt"),
		"kubelet-preferred-address-types": "InternalIP",
		"kubelet-use-node-status-port":    "true",
		"metric-resolution":               "10s",
		"kubelet-request-timeout":         "5s",
	})
}
