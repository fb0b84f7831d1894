package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/test/observe"
)

// totalPath is the path of an object's total.
func totalPath(version, namespace, resource, name string) string {
	return fmt.Sprintf("/apis/custom.metrics.k8s.io/%s/namespaces/%s/%s/%s/%s", version, namespace, resource, name, observe.Total)
}

// testTotals wants the total of everything that selects the workload's pods to be the sum of what the pods are served, in both
// versions. Values move with every tick, so the totals are asked for between two lists that say the same.
func testTotals(t *testing.T, w *deployed) {
	wantDiscovered(t)
	objects := map[string]string{"services": workload, "deployments.apps": workload, "replicasets.apps": w.replicaSet(t)}
	for range 20 {
		before := shares(t, w)
		got := map[string]int64{}
		for resource, name := range objects {
			for _, version := range []string{"v1beta1", "v1beta2"} {
				got[version+" "+resource] = milli(t, totalPath(version, w.namespace, resource, name))[name]
			}
		}
		if after := shares(t, w); !maps.Equal(before, after) {
			continue // a tick came between
		}
		var sum int64
		for _, share := range before {
			sum += share
		}
		for asked, total := range got {
			// A ReplicaSet's selector is not the HPA's, so that its total is one of its own, which began with the first question.
			if own := asked[len("v1beta1 "):] == "replicasets.apps"; !own && total != sum || own && total <= 0 {
				t.Errorf("%s: the total is %d, the pods' values sum to %d", asked, total, sum)
			}
		}
		return
	}
	t.Error("the list changed between every two questions")
}

// wantDiscovered wants the totals to be listed by the resources that have them.
func wantDiscovered(t *testing.T) {
	t.Helper()
	for _, version := range []string{"v1beta1", "v1beta2"} {
		list := &metav1.APIResourceList{}
		decode(t, "/apis/custom.metrics.k8s.io/"+version, list)
		for _, resource := range []string{"services", "deployments.apps", "statefulsets.apps", "replicasets.apps"} {
			if !slices.ContainsFunc(list.APIResources, func(r metav1.APIResource) bool { return r.Namespaced && r.Name == resource+"/"+observe.Total }) {
				t.Errorf("%s does not list %s of %s", version, observe.Total, resource)
			}
		}
	}
}

// replicaSet is the name of the Deployment's only one.
func (w *deployed) replicaSet(t *testing.T) string {
	t.Helper()
	list, err := shared.Client.AppsV1().ReplicaSets(w.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%d ReplicaSets, %v, want one", len(list.Items), err)
	}
	return list.Items[0].Name
}

// testObject scales by the total of the workload's Service, out to exactly k pods and in again, and has it explained.
func testObject(t *testing.T) {
	t.Parallel()
	const (
		k     = 4
		users = 10*k - 4 // (k − 0.4) · target
	)
	w := newWorkload(t, settings{min: 2, max: 6, stepDown: 2, usersOnly: true, object: true})
	explanations := w.explainings(t)
	began := time.Now()
	w.start(t, "steady", users)
	w.until(t, 3*time.Minute, "4 ready pods", func(o observe.Observation) bool { return o.Ready == k })
	pause(t, time.Minute)
	if seen := w.recorder.ObservationsSince(time.Now().Add(-30 * time.Second)); observe.Lowest(seen) != k || observe.Highest(seen) != k {
		t.Errorf("desired replicas went from %d to %d at constant load, want %d", observe.Lowest(seen), observe.Highest(seen), k)
	}
	if seen, ok := observe.ScaledBy(w.recorder.RescalesSince(began), observe.Total); !ok {
		t.Errorf("scale-outs were not by the total: %s", seen)
	}

	w.stop(t, "steady")
	w.until(t, 4*time.Minute, "the minimum of 2 pods", func(o observe.Observation) bool { return o.Desired == 2 && o.Ready == 2 })
	if seen, ok := observe.Explained(w.recorder.RescalesSince(began), explanations()); !ok {
		t.Errorf("not every rescale was explained: %s", seen)
	} else {
		t.Log(seen)
	}
	if warnings := w.recorder.Warnings(); len(warnings) > 0 {
		t.Errorf("%d warning events on the HPA, first %+v", len(warnings), warnings[0])
	}
}
