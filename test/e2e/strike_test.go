package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"testing"
)

// patch changes one object of the workload as `kubectl patch` does.
func (w *deployed) patch(t *testing.T, object, form, patch string) {
	t.Helper()
	if _, err := shared.Kubectl(t.Context(), "--namespace", w.namespace, "patch", object, "--type", form, "--patch", patch); err != nil {
		t.Fatal(err)
	}
}

// setBounds sets the HPA's least and most replicas.
func (w *deployed) setBounds(t *testing.T, least, most int32) {
	t.Helper()
	w.patch(t, "hpa/"+workload, "merge", fmt.Sprintf(`{"spec":{"minReplicas":%d,"maxReplicas":%d}}`, least, most))
}

// rollingUpdate replaces all pods with a surge of all of them. Until the end the new ones are not yet available, so that the old ones
// stay beside them.
func rollingUpdate(t *testing.T, w *deployed) func() {
	w.patch(t, "deployment/"+workload, "strategic", `{"spec":{"minReadySeconds":300,
		"strategy":{"rollingUpdate":{"maxSurge":"100%","maxUnavailable":0}},
		"template":{"metadata":{"annotations":{"e2e.userscale.dev/revision":"2"}}}}}`)
	return func() { w.patch(t, "deployment/"+workload, "merge", `{"spec":{"minReadySeconds":0}}`) }
}

// scaleTo has the HPA go to so many replicas by its minimum, and gives it its freedom back.
func scaleTo(replicas int32) func(*testing.T, *deployed) func() {
	return func(t *testing.T, w *deployed) func() {
		w.setBounds(t, replicas, replicas)
		return func() { w.setBounds(t, 1, 10) }
	}
}

// replaceHeldBack deletes the first pod of a StatefulSet at once. Its successor, of the same name, is not scheduled until the end.
func replaceHeldBack(t *testing.T, w *deployed) func() {
	w.patch(t, "statefulset/"+workload, "strategic", `{"spec":{"template":{"spec":{"schedulingGates":[{"name":"e2e.userscale.dev/held"}]}}}}`)
	kill(t, w.namespace, w.selector)
	return func() { w.patch(t, "pod/"+workload+"-0", "json", `[{"op":"remove","path":"/spec/schedulingGates"}]`) }
}

// crash gives one pod a program that ends at once, since it does not know the workload's arguments.
func crash(t *testing.T, w *deployed) func() {
	pod := "pod/" + w.pods(t)[0].Name
	run := func(image string) {
		w.patch(t, pod, "strategic", fmt.Sprintf(`{"spec":{"containers":[{"name":%q,"image":"localhost/userscale/%s:dev"}]}}`, workload, image))
	}
	run("loadgen")
	return func() { run(workload) }
}

// misdirected has the adapter ask one pod for another path.
func misdirected(path string) func(*testing.T, *deployed) func() {
	return func(t *testing.T, w *deployed) func() {
		pod := "pod/" + w.pods(t)[0].Name
		w.patch(t, pod, "merge", fmt.Sprintf(`{"metadata":{"annotations":{"userscale.dev/path":%q}}}`, path))
		return func() { w.patch(t, pod, "merge", `{"metadata":{"annotations":{"userscale.dev/path":null}}}`) }
	}
}

// unreachable drops all packets from other pods, and so from the adapter, to n pods. The load and the kubelet's probes come from the
// node itself.
func unreachable(n int) func(*testing.T, *deployed) func() {
	return func(t *testing.T, w *deployed) func() {
		pods := w.pods(t)
		if len(pods) < n {
			t.Fatalf("%d pods, want at least %d", len(pods), n)
		}
		var open []func()
		for i := range n {
			rule := []string{"FORWARD", "--destination", pods[i].Status.PodIP, "--jump", "DROP"}
			iptables(t, append([]string{"--insert"}, rule...)...)
			open = append(open, func() { iptables(t, append([]string{"--delete"}, rule...)...) })
		}
		end := func() {
			for _, o := range open {
				o()
			}
			open = nil
		}
		t.Cleanup(end)
		return end
	}
}

// restartAdapter kills the adapter, and n pods do not answer the new one before the end.
func restartAdapter(n int) func(*testing.T, *deployed) func() {
	return func(t *testing.T, w *deployed) func() {
		end := unreachable(n)(t, w)
		kill(t, systemNamespace, "app.kubernetes.io/name="+adapter)
		return end
	}
}

// iptables runs inside the cluster's own network namespace, as this whole test does.
func iptables(t *testing.T, args ...string) {
	t.Helper()
	command := exec.CommandContext(context.Background(), "iptables", slices.Concat([]string{"--wait"}, args)...)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("iptables %v: %v: %s", args, err, output)
	}
}
