package plan

import "userscale.dev/userscale/localkube/pki"

// The authorities. Each is trusted for one thing only: clients and servers of the cluster, the API server's requests to
// aggregated API servers, and etcd.
const (
	ca           = "ca"
	frontProxyCA = "front-proxy-ca"
	etcdCA       = "etcd-ca"
)

// Certificates returns all certificates, keys and kubeconfigs of a cluster whose node has the given name.
func Certificates(node string) pki.Contents {
	local := []string{"localhost", "127.0.0.1"}
	return pki.Contents{
		Server:      Server,
		Authorities: []string{ca, frontProxyCA, etcdCA},
		Keys:        []string{"service-account"},
		Certificates: []pki.Certificate{
			{File: "etcd", Authority: etcdCA, Identity: pki.Identity{CommonName: "etcd", Hosts: local, Client: true}},
			{File: "etcd-client", Authority: etcdCA, Identity: pki.Identity{CommonName: "kube-apiserver"}},
			{File: "front-proxy-client", Authority: frontProxyCA, Identity: pki.Identity{CommonName: "front-proxy-client"}},
			{File: "kube-apiserver", Authority: ca, Identity: pki.Identity{CommonName: "kube-apiserver", Hosts: append([]string{
				"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + Domain, APIIP, NodeIP}, local...)}},
			{File: "kubelet-client", Authority: ca, Identity: pki.Identity{CommonName: "kube-apiserver-kubelet-client"}},
			{File: "kube-controller-manager", Authority: ca, Identity: pki.Identity{CommonName: "kube-controller-manager", Hosts: local}},
			{File: "kube-scheduler", Authority: ca, Identity: pki.Identity{CommonName: "kube-scheduler", Hosts: local}},
			{File: "kubelet", Authority: ca, Identity: pki.Identity{CommonName: "system:node:" + node, Hosts: []string{node, NodeIP}}},
			{File: "metrics-server", Authority: ca, Identity: pki.Identity{CommonName: "metrics-server", Hosts: []string{
				"metrics-server.kube-system.svc", NodeIP}}},
		},
		Kubeconfigs: []pki.Kubeconfig{
			{File: "admin", Identity: pki.Identity{CommonName: "kubernetes-admin", Organizations: []string{"system:masters"}}},
			{File: "kube-controller-manager", Identity: pki.Identity{CommonName: "system:kube-controller-manager"}},
			{File: "kube-scheduler", Identity: pki.Identity{CommonName: "system:kube-scheduler"}},
			{File: "kube-proxy", Identity: pki.Identity{CommonName: "system:kube-proxy"}},
			{File: "kubelet", Identity: pki.Identity{CommonName: "system:node:" + node, Organizations: []string{"system:nodes"}}},
			{File: "metrics-server", Identity: pki.Identity{CommonName: "system:metrics-server"}},
			{File: "coredns", Identity: pki.Identity{CommonName: "system:coredns"}},
		},
	}
}
