package e2e

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"userscale.dev/userscale/test/observe"
)

// testHalfUnscrapable cuts the adapter off from half of the pods for two minutes. The scale-in window is 0, so that nothing but
// the values themselves can prevent a scale-in.
func testHalfUnscrapable(t *testing.T) {
	t.Parallel()
	const k = 4
	w := newWorkload(t, settings{min: 2, max: 10, window: 0, stepDown: 10})
	w.start(t, "users", 10*k-4)
	w.until(t, 3*time.Minute, "4 ready pods", func(o observe.Observation) bool { return o.Ready == k })
	pause(t, 20*time.Second)

	began := time.Now()
	restore := w.cutOff(t, k/2)
	w.until(t, time.Minute, "the values of half of the pods to be left out", func(o observe.Observation) bool {
		return o.Raw[observe.Users] < 0.75*(10*k-4)
	})
	pause(t, time.Until(began.Add(2*time.Minute)))
	restore()
	w.until(t, time.Minute, "the values to come back", func(o observe.Observation) bool {
		return o.Raw[observe.Users] > 0.9*(10*k-4)
	})
	pause(t, 45*time.Second)

	for _, r := range w.recorder.RescalesSince(began) {
		t.Errorf("rescaled %d→%d by loss of data: %s %v", r.From, r.To, r.Reason, r.Metrics)
	}
}

// cutOff drops all packets from the adapter to n of the workload's pods until the returned function is called.
func (w *deployed) cutOff(t *testing.T, n int) func() {
	t.Helper()
	adapters, err := shared.Pods(t.Context(), systemNamespace, "app.kubernetes.io/name="+adapter)
	if err != nil || len(adapters) == 0 {
		t.Fatalf("find the adapter's pod: %v", err)
	}
	pods, err := shared.Pods(t.Context(), w.namespace, w.selector)
	if err != nil || len(pods) < n {
		t.Fatalf("find %d pods: %v, %d there", n, err, len(pods))
	}
	var rules [][]string
	for i := range n {
		for j := range adapters {
			rules = append(rules, []string{"FORWARD", "-s", adapters[j].Status.PodIP, "-d", pods[i].Status.PodIP, "-j", "DROP"})
		}
	}
	for _, rule := range rules {
		iptables(t, append([]string{"-I"}, rule...)...)
	}
	restored := false
	restore := func() {
		if restored {
			return
		}
		restored = true
		for _, rule := range rules {
			iptables(t, append([]string{"-D"}, rule...)...)
		}
	}
	t.Cleanup(restore)
	return restore
}

// iptables runs inside the cluster's own network namespace, as this whole test does.
func iptables(t *testing.T, args ...string) {
	t.Helper()
	output, err := exec.CommandContext(context.Background(), "iptables", append([]string{"-w"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("iptables %v: %v: %s", args, err, output)
	}
}
