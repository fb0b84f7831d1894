package plan

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"
	"sigs.k8s.io/yaml"
)

func testFiles(t *testing.T) map[string]string {
	t.Helper()
	files, err := Files(testOptions, testLayout)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestKubeletConfiguration(t *testing.T) {
	var c kubeletconfig.KubeletConfiguration
	if err := yaml.UnmarshalStrict([]byte(testFiles(t)["kubelet.yaml"]), &c); err != nil {
		t.Fatal(err)
	}
	if c.Authentication.Anonymous.Enabled == nil || *c.Authentication.Anonymous.Enabled {
		t.Error("the kubelet answers strangers")
	}
	if c.Authorization.Mode != kubeletconfig.KubeletAuthorizationModeWebhook {
		t.Errorf("the kubelet's authorization mode is %q", c.Authorization.Mode)
	}
	if c.CgroupRoot != "/localkube-test" {
		t.Errorf("cgroupRoot is %q, want the cluster's own", c.CgroupRoot)
	}
	if c.MaxPods != MaxPods || c.PodLogsDir != "/d/pod-logs" || c.TLSCertFile != "/d/pki/kubelet.crt" {
		t.Errorf("maxPods %d, podLogsDir %q, tlsCertFile %q", c.MaxPods, c.PodLogsDir, c.TLSCertFile)
	}
	if diff := cmp.Diff([]string{DNSIP}, c.ClusterDNS); diff != "" {
		t.Errorf("clusterDNS (-want +got):\n%s", diff)
	}
}

func TestNetworkConfiguration(t *testing.T) {
	var c struct {
		Plugins []struct {
			Type string
			IPAM struct{ Ranges [][]struct{ Subnet string } }
		}
	}
	if err := json.Unmarshal([]byte(testFiles(t)["cni.conflist"]), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Plugins) != 2 || c.Plugins[0].IPAM.Ranges[0][0].Subnet != PodCIDR {
		t.Errorf("plugins: %+v, want two, the first with the pods' addresses", c.Plugins)
	}
}

func TestOtherFiles(t *testing.T) {
	files := testFiles(t)
	for _, test := range []struct{ file, want string }{
		{"containerd.toml", `root = "/d/containerd"`},
		{"containerd.toml", `sandbox_image = "` + PauseImage + `"`},
		{"containerd.toml", `conf_dir = "/d/config"`},
		{"Corefile", "kubernetes cluster.local "},
		{"Corefile", "kubeconfig /d/pki/coredns.kubeconfig"},
		{"resolv.conf", "nameserver " + DNSIP + "\n"},
	} {
		if !strings.Contains(files[test.file], test.want) {
			t.Errorf("%s lacks %q:\n%s", test.file, test.want, files[test.file])
		}
	}
}

func TestObjects(t *testing.T) {
	documents, err := Objects(testOptions, testLayout, []byte("authority"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, document := range documents {
		var object struct {
			APIVersion, Kind string
			Metadata         struct{ Namespace, Name string }
		}
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			t.Errorf("%v in:\n%s", err, document)
			continue
		}
		key := strings.Join([]string{object.Kind, object.Metadata.Namespace, object.Metadata.Name}, "/")
		if object.APIVersion == "" || object.Kind == "" || object.Metadata.Name == "" || seen[key] {
			t.Errorf("object %q is incomplete or there twice:\n%s", key, document)
		}
		seen[key] = true
	}
	for _, want := range []string{
		"APIService//v1beta1.metrics.k8s.io", "Service/kube-system/metrics-server", "EndpointSlice/kube-system/metrics-server",
		"Service/kube-system/kube-dns", "EndpointSlice/kube-system/kube-dns", "ClusterRoleBinding//localkube:kube-apiserver-kubelet-client",
	} {
		if !seen[want] {
			t.Errorf("object %s is missing; there are %v", want, seen)
		}
	}
}

func TestMetricsAPIIsVerified(t *testing.T) {
	documents, err := Objects(testOptions, testLayout, []byte("authority"))
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range documents {
		if !strings.Contains(document, "kind: APIService") {
			continue
		}
		var service apiregistration.APIService
		if err := yaml.UnmarshalStrict([]byte(document), &service); err != nil {
			t.Fatal(err)
		}
		if service.Spec.InsecureSkipTLSVerify || string(service.Spec.CABundle) != "authority" {
			t.Errorf("insecureSkipTLSVerify %t, caBundle %s", service.Spec.InsecureSkipTLSVerify, base64.StdEncoding.EncodeToString(service.Spec.CABundle))
		}
		name := service.Spec.Service.Name + "." + service.Spec.Service.Namespace + ".svc"
		for _, c := range Certificates("test").Certificates {
			if c.File == "metrics-server" && c.Identity.Hosts[0] != name {
				t.Errorf("metrics-server's certificate is for %v, and it is asked as %s", c.Identity.Hosts, name)
			}
		}
		return
	}
	t.Error("there is no APIService")
}
