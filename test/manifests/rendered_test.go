package manifests

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/resmap"
)

var update = flag.Bool("update", false, "write what is rendered anew, for the replay's tests")

// The replay reads what kustomize makes of the manifests, as one text. Its tests have those objects of it that the replay looks into.
func TestRenderedForTheReplay(t *testing.T) {
	for overlay, file := range map[string]string{"base": "base.yaml", "overlays/gpu": "overlays-gpu.yaml"} {
		path := "../../replay/internal/policy/testdata/" + file
		want := text(t, render(t, overlay), "Namespace", "ConfigMap", "HorizontalPodAutoscaler")
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s is stale, run cd test && go test ./manifests -run TestRendered -update (-want +got):\n%s", path, diff)
		}
	}
}

// text is the objects of some kinds as kubectl kustomize writes them.
func text(t *testing.T, resources resmap.ResMap, kinds ...string) string {
	t.Helper()
	var objects []string
	for _, kind := range kinds {
		for _, resource := range resources.Resources() {
			if resource.GetKind() != kind {
				continue
			}
			object, err := resource.AsYAML()
			if err != nil {
				t.Fatal(err)
			}
			objects = append(objects, string(object))
		}
	}
	return strings.Join(objects, "---\n")
}
