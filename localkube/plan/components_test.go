package plan

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	testOptions = Options{Name: "test", HPASyncPeriod: 5 * time.Second}
	testLayout  = Layout{Dir: "/d"}
)

func component(t *testing.T, name string) Component {
	t.Helper()
	for _, c := range Components(testOptions, testLayout) {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no component %s", name)
	return Component{}
}

func TestArguments(t *testing.T) {
	for _, test := range []struct{ component, argument, why string }{
		{"kube-apiserver", "--authorization-mode=Node,RBAC", "rights are tested"},
		{"kube-apiserver", "--enable-admission-plugins=NodeRestriction", "the kubelet is confined to its node"},
		{"kube-apiserver", "--enable-aggregator-routing=true", "aggregated APIs are reached at their pods"},
		{"kube-apiserver", "--kubelet-certificate-authority=/d/pki/ca.crt", "kubelets are verified"},
		{"kube-apiserver", "--etcd-cafile=/d/pki/etcd-ca.crt", "etcd is verified"},
		{"kube-apiserver", "--requestheader-client-ca-file=/d/pki/front-proxy-ca.crt", "aggregated APIs trust nobody else"},
		{"etcd", "--client-cert-auth=true", "etcd verifies its clients"},
		{"kube-controller-manager", "--use-service-account-credentials=true", "each controller has its own rights"},
		{"kube-controller-manager", "--horizontal-pod-autoscaler-sync-period=5s", "the option is passed on"},
		{"metrics-server", "--kubelet-certificate-authority=/d/pki/ca.crt", "kubelets are verified"},
		{"kube-proxy", "--hostname-override=test", "the node has the cluster's name"},
		{"kubelet", "--hostname-override=test", "the node has the cluster's name"},
	} {
		if args := component(t, test.component).Args; !slices.Contains(args, test.argument) {
			t.Errorf("%s lacks %s (%s): %v", test.component, test.argument, test.why, args)
		}
	}
}

func TestNothingSkipsVerification(t *testing.T) {
	for _, c := range Components(testOptions, testLayout) {
		for _, arg := range c.Args {
			if strings.Contains(arg, "insecure") {
				t.Errorf("%s is run with %s", c.Name, arg)
			}
		}
	}
}

// TestFilesExist checks that each certificate, key and kubeconfig in an argument is one that will be made.
func TestFilesExist(t *testing.T) {
	made := map[string]bool{}
	contents := Certificates(testOptions.Name)
	for _, name := range contents.Authorities {
		made[name+".crt"], made[name+".key"] = true, true
	}
	for _, name := range contents.Keys {
		made[name+".pub"], made[name+".key"] = true, true
	}
	for _, c := range contents.Certificates {
		made[c.File+".crt"], made[c.File+".key"] = true, true
	}
	for _, k := range contents.Kubeconfigs {
		made[k.File+".kubeconfig"] = true
	}
	for _, c := range Components(testOptions, testLayout) {
		for _, arg := range c.Args {
			if _, file, ok := strings.Cut(arg, "=/d/pki/"); ok && !made[file] {
				t.Errorf("%s: nobody makes the file of %s", c.Name, arg)
			}
		}
	}
}

func TestReadiness(t *testing.T) {
	for _, c := range Components(testOptions, testLayout) {
		u, err := url.Parse(c.Ready)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if !slices.Contains([]string{"http", "https", "unix"}, u.Scheme) {
			t.Errorf("%s: readiness at %q, want http, https or unix", c.Name, c.Ready)
		}
		if u.Scheme == "http" && u.Hostname() != "127.0.0.1" {
			t.Errorf("%s: readiness at %s, in clear text and not on loopback", c.Name, c.Ready)
		}
	}
}

func TestPrograms(t *testing.T) {
	want := []string{
		"kubectl", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "coredns", "metrics-server",
	}
	if diff := cmp.Diff(want, Programs(testOptions, testLayout)); diff != "" {
		t.Errorf("programs of the multi-call binary (-want +got):\n%s", diff)
	}
	if path := component(t, "kubelet").Path; path != filepath.Join(testLayout.Bin(), "kubelet") {
		t.Errorf("kubelet is %s", path)
	}
	if path := component(t, "containerd").Path; path != "/usr/bin/containerd" {
		t.Errorf("containerd is %s, want Debian's", path)
	}
}

// Arguments in another order would be another command line each time, to whoever compares two.
func TestFlagsAreSorted(t *testing.T) {
	got := flags(map[string]string{"b": "2", "a": "1", "c": ""})
	if diff := cmp.Diff([]string{"--a=1", "--b=2", "--c="}, got); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
}
