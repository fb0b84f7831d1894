// Package manifests checks what manifests/ renders to.
package manifests

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

const shipped = "../../manifests/"

// overlays are the folders that people apply.
func overlays() []string {
	return []string{"base", "overlays/gpu", "overlays/demo"}
}

// render builds a folder as kubectl apply -k does.
func render(t *testing.T, folder string) resmap.ResMap {
	t.Helper()
	return build(t, shipped+folder)
}

func build(t *testing.T, folder string) resmap.ResMap {
	t.Helper()
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		t.Fatalf("build %s: %v", folder, err)
	}
	return resources
}

// all decodes the objects of one kind, strictly: a wrong type or an unknown field is an error.
func all[T any](t *testing.T, resources resmap.ResMap, kind string) []T {
	t.Helper()
	var objects []T
	for _, resource := range resources.Resources() {
		if resource.GetKind() != kind {
			continue
		}
		text, err := resource.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		var object T
		if err := yaml.UnmarshalStrict(text, &object); err != nil {
			t.Fatalf("decode %s %s: %v", kind, resource.GetName(), err)
		}
		objects = append(objects, object)
	}
	return objects
}

func hpa(t *testing.T, resources resmap.ResMap) autoscalingv2.HorizontalPodAutoscaler {
	t.Helper()
	hpas := all[autoscalingv2.HorizontalPodAutoscaler](t, resources, "HorizontalPodAutoscaler")
	if len(hpas) != 1 {
		t.Fatalf("got %d HPAs, want 1", len(hpas))
	}
	return hpas[0]
}

func deployment(t *testing.T, resources resmap.ResMap, name string) appsv1.Deployment {
	t.Helper()
	for _, d := range all[appsv1.Deployment](t, resources, "Deployment") {
		if d.Name == name {
			return d
		}
	}
	t.Fatalf("no Deployment %s", name)
	return appsv1.Deployment{}
}

// configMap finds a generated ConfigMap; a hash follows its name.
func configMap(t *testing.T, resources resmap.ResMap, name string) corev1.ConfigMap {
	t.Helper()
	for _, c := range all[corev1.ConfigMap](t, resources, "ConfigMap") {
		if hash, ok := strings.CutPrefix(c.Name, name+"-"); ok && !strings.Contains(hash, "-") {
			return c
		}
	}
	t.Fatalf("no ConfigMap %s-HASH", name)
	return corev1.ConfigMap{}
}
