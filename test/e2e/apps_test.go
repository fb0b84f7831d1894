package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"text/template"
	"time"

	"userscale.dev/userscale/test/observe"
)

const (
	examples = "../../examples"
	images   = "../../bin/images"
)

// An application as it is in examples/, with nothing but annotations and an HPA; only the scale-in window is shorter.
var appKustomization = template.Must(template.New("").Parse(`apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: {{.Namespace}}
resources:
- namespace.yaml
- {{.Workload}}
images:
- {name: app, newName: localhost/userscale/{{.Image}}, newTag: dev}
patches:
- target: {kind: HorizontalPodAutoscaler}
  patch: |
    - {op: add, path: /spec/behavior, value: {scaleDown: {stabilizationWindowSeconds: 15}}}
`))

// testApp has an example scaled out to exactly k pods and in again, each by its users, and explained.
func testApp(image string) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		if _, err := os.Stat(filepath.Join(images, image+".tar")); err != nil {
			t.Skipf("SKIPPED: %v: make example-images packs it, which needs node and npm", err)
		}
		const k, users = 4, 36
		w := newDeployed(t, "app", "app=app")
		w.deploy(t, w.render(t, appKustomization, filepath.Join(examples, "kubernetes"), map[string]any{"Image": image}))
		explanations := w.explainings(t)

		began := time.Now()
		w.start(t, "users", users)
		w.until(t, 3*time.Minute, "4 ready pods", func(o observe.Observation) bool { return o.Ready == k })
		pause(t, 30*time.Second)
		if highest := observe.Highest(w.recorder.ObservationsSince(began)); highest != k {
			t.Errorf("desired replicas reached %d, want %d for %d users", highest, k, users)
		}
		w.stop(t, "users")
		w.until(t, 4*time.Minute, "the minimum of 2 pods", func(o observe.Observation) bool { return o.Desired == 2 && o.Ready == 2 })

		rescales := w.recorder.RescalesSince(began)
		if seen, ok := observe.ScaledBy(rescales, observe.Users); !ok {
			t.Errorf("scale-outs were not by users: %s", seen)
		}
		if seen, ok := observe.Explained(rescales, explanations()); !ok {
			t.Errorf("not every rescale was explained: %s", seen)
		} else {
			t.Log(seen)
		}
		if warnings := w.recorder.Warnings(); len(warnings) > 0 {
			t.Errorf("%d warning events on the HPA, first %+v", len(warnings), warnings[0])
		}
	}
}
