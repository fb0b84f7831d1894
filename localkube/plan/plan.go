// Package plan says what a cluster consists of: its addresses, its files, its certificates, its programs and their arguments,
// and the objects it starts with. It is pure: nothing here touches the machine.
package plan

import (
	"fmt"
	"path/filepath"
	"regexp"
	"time"
)

// The addresses. Every cluster has its own network namespace, so all of them use the same ones.
const (
	NodeIP      = "10.90.0.1"
	NodeCIDR    = NodeIP + "/24"
	ServiceCIDR = "10.96.0.0/16"
	APIIP       = "10.96.0.1" // the first one of ServiceCIDR, which kube-apiserver takes for Service default/kubernetes
	DNSIP       = "10.96.0.10"
	PodCIDR     = "10.244.0.0/22"
	MaxPods     = 250

	Server = "https://" + NodeIP + ":6443"
	Domain = "cluster.local"

	metricsServerPort = 10300
	dnsHealthPort     = 10053
	dnsReadyPort      = 10054
)

// PauseImage is the image of the container that holds a pod's namespaces.
const PauseImage = "localhost/localkube/pause:latest"

// Options is what can be chosen when a cluster is started.
type Options struct {
	Name          string        // names the node, the state directory and the cgroups
	Exclusive     bool          // at most one such cluster runs on a machine
	HPASyncPeriod time.Duration // how often the HorizontalPodAutoscaler decides
}

// DefaultName is the name of a cluster that was given none.
const DefaultName = "localkube"

// DefaultHPASyncPeriod is the upstream default.
const DefaultHPASyncPeriod = 15 * time.Second

// MaxName is the longest name: it becomes part of a socket's path, of which the kernel takes 107 bytes.
const MaxName = 40

// Validate returns an error that names the field, its value and what is allowed.
func (o Options) Validate() error {
	if !regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`).MatchString(o.Name) || len(o.Name) > MaxName {
		return fmt.Errorf("name %q: must be at most %d lower-case letters, digits and inner dashes", o.Name, MaxName)
	}
	if o.HPASyncPeriod < time.Second {
		return fmt.Errorf("hpa-sync-period %s: must be at least 1s", o.HPASyncPeriod)
	}
	return nil
}

// Layout is where a cluster's files are.
type Layout struct {
	Dir string // absolute
}

// File returns the path of a file in the cluster's directory.
func (l Layout) File(elem ...string) string {
	return filepath.Join(append([]string{l.Dir}, elem...)...)
}

// PKI returns the path of a certificate, key or kubeconfig.
func (l Layout) PKI(name string) string { return l.File("pki", name) }

// Log returns the path of a component's log.
func (l Layout) Log(component string) string { return l.File("logs", component+".log") }

// Socket returns the path of the supervisor's control socket.
func (l Layout) Socket() string { return l.File("control.sock") }

// Bin returns the directory of the links to the multi-call binary, by the names of its programs.
func (l Layout) Bin() string { return l.File("bin") }

// Kubeconfig returns the path of the administrator's kubeconfig.
func (l Layout) Kubeconfig() string { return l.PKI("admin.kubeconfig") }
