package plan

import (
	"embed"
	"encoding/base64"
	"fmt"
	"strings"
	"text/template"
)

// What the components read besides their arguments, and the objects that a cluster starts with.
//
//go:embed files
var files embed.FS

// Files returns the content of each file of the cluster's config directory, by name. cgroupRoot is the cgroup that holds all
// pods.
func Files(o Options, l Layout) (map[string]string, error) {
	rendered := map[string]string{}
	for _, name := range []string{"containerd.toml", "cni.conflist", "kubelet.yaml", "Corefile", "resolv.conf"} {
		text, err := render(name, values(o, l, nil))
		if err != nil {
			return nil, err
		}
		rendered[name] = text
	}
	return rendered, nil
}

// Objects returns the manifests that a cluster starts with, one YAML document each. caBundle is the PEM of the authority that
// signed metrics-server's certificate.
func Objects(o Options, l Layout, caBundle []byte) ([]string, error) {
	var documents []string
	for _, name := range []string{"apiserver.yaml", "metrics-server.yaml", "coredns.yaml"} {
		text, err := render(name, values(o, l, caBundle))
		if err != nil {
			return nil, err
		}
		for _, document := range strings.Split(text, "\n---\n") {
			documents = append(documents, strings.TrimPrefix(document, "---\n"))
		}
	}
	return documents, nil
}

func render(name string, values map[string]any) (string, error) {
	t, err := template.New(name).Option("missingkey=error").ParseFS(files, "files/"+name)
	if err != nil {
		return "", fmt.Errorf("parse the template %s: %w", name, err)
	}
	var text strings.Builder
	if err := t.Execute(&text, values); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return text.String(), nil
}

func values(o Options, l Layout, caBundle []byte) map[string]any {
	return map[string]any{
		"Name":              o.Name,
		"Layout":            l,
		"CgroupRoot":        "/" + CgroupName(o.Name),
		"PauseImage":        PauseImage,
		"NodeIP":            NodeIP,
		"PodCIDR":           PodCIDR,
		"ServiceCIDR":       ServiceCIDR,
		"DNSIP":             DNSIP,
		"Domain":            Domain,
		"MaxPods":           MaxPods,
		"DNSHealthPort":     dnsHealthPort,
		"DNSReadyPort":      dnsReadyPort,
		"MetricsServerPort": metricsServerPort,
		"CABundle":          base64.StdEncoding.EncodeToString(caBundle),
	}
}

// CgroupName returns the name of the cgroup that holds all pods of the named cluster.
func CgroupName(cluster string) string { return "localkube-" + cluster }
