package e2e

import (
	"testing"
	"time"
)

// faults are losses and changes of data at a constant load, and what the HPA must make of each. The target is 10 users per pod, and
// as shipped the tolerance is 0 upwards and 0.3 downwards: at N pods the HPA stays from 7·N to 10·N users. S is the smoothed
// total, which the counted pods are served. Each row derives the replicas as calcPlainMetricReplicas in Kubernetes 1.37 does
// (pkg/controller/podautoscaler/replica_calculator.go), and says which mistake its numbers would reveal.
var faults = []fault{
	{
		// Three new pods come before the three old ones go. S = 24 over 6 counted: 24/60 = 0.4, outside the band → ⌈24/10⌉ = 3.
		// Reveals pods that are smoothed each on its own, as Scale does.
		name: "RollingUpdate", replicas: 3, users: 24,
		strike: rollingUpdate, during: coverage{counted: 6}, desired: 3,
	},
	{
		// The minimum goes to 6 and back. S = 24 over 6 counted: 0.4 → ⌈24/10⌉ = 3, but for the minimum of 6; without it, 3.
		// Reveals pods that are smoothed each on its own: the old ones' 24 falls to 12 only slowly while the new ones have their 12
		// soon. After 33 s that is 12 + 12·2^(−33/60) + 11 = 31 → 4. When three leave, their 12 is gone at once: 19/30 → 2.
		name: "Scale", replicas: 3, users: 24,
		strike: scaleTo(6), during: coverage{counted: 6}, desired: 6,
	},
	{
		// Pod 0 is gone at once, and its successor of the same name waits to be scheduled. S = 27 over 2 counted, 1 pending: 1.35 > 1,
		// pending counts as 0: 27/30 = 0.9 < 1, another direction → current.
		// Reveals a value that outlives its pod under its name until the successor's replaces it: for 12 s X = 27 + 9, S rises to
		// 27 + 9·(1 − 2^(−12/10)) = 32 and falls to 30 in 44 s: 32/30 > 1 → 4.
		name: "StatefulSetPod", stateful: true, replicas: 3, users: 27,
		strike: replaceHeldBack, lasts: 10 * time.Second, during: coverage{counted: 2, pending: 1}, desired: 3,
	},
	{
		// The pod's program ends at once, ever again; its users have gone to the others. Its last value stands until maxAge, so that up to 8
		// users count twice: S rises to 32 + 8·(1 − 2^(−15/10)) = 37.2 over 4 counted, 0.93, in the band → current. Then S = 32 over
		// 3 counted, 1 missing: 1.07 > 1, missing counts as 0: 32/40 = 0.8 < 1, another direction → current.
		// Reveals something put in for the missing pod, be it the target, (32 + 10)/40 > 1 → 5, or the mean of the others,
		// (32 + 10.7)/40 → 5; and a group that is not served at all because of one sick pod, which the HPA says itself.
		name: "CrashLoop", replicas: 4, users: 32, twice: 8,
		strike: crash, during: coverage{counted: 3, missing: 1}, desired: 4, cause: "connection",
	},
	{
		// S = 24 over 3 counted, 1 missing: 0.8 < 1, missing counts as the target: (24 + 10)/40 = 0.85, in the band → current.
		// Reveals 0 for a pod that can't be asked: 24/40 = 0.6 → ⌈24/10⌉ = 3. So do the two that follow.
		name: "Unreachable", replicas: 4, users: 32, pinned: true,
		strike: unreachable(1), during: coverage{counted: 3, missing: 1}, desired: 4, cause: "timeout",
	},
	{
		name: "Garbage", replicas: 4, users: 32, pinned: true, // /healthz says ok, which is not the Prometheus text that it claims to be
		strike: misdirected("/healthz"), during: coverage{counted: 3, missing: 1}, desired: 4, cause: "malformed",
	},
	{
		name: "Status", replicas: 4, users: 32, pinned: true, // 404
		strike: misdirected("/nowhere"), during: coverage{counted: 3, missing: 1}, desired: 4, cause: "status",
	},
	{
		// S = 16 over 2 counted, 2 missing: 0.8 < 1, missing count as the target: (16 + 20)/40 = 0.9, in the band → current.
		// Reveals 0 for the missing: 16/40 → 2. And a share that does not come back with its pods: S rises from 16 by half of what is
		// left in 10 s, and is below 28 for 20 s, longer than a sync: 16/40 → 2.
		name: "HalfUnreachable", replicas: 4, users: 32, pinned: true,
		strike: unreachable(2), during: coverage{counted: 2, missing: 2}, desired: 4, cause: "timeout",
	},
}

// restart is the fault that all workloads would suffer, so it comes alone. The new adapter knows nothing of before, and a third of
// the pods do not answer it until 10 s later. S = 32 over 4 counted, 2 missing: 0.8 < 1, missing count as the target:
// (32 + 20)/60 = 0.87, in the band → current.
// Reveals 0 for the missing: 32/60 = 0.53 → ⌈32/10⌉ = 4. And late pods that are taken for load that only now comes: S rises from 32
// to 48 and is below 42 for 14 s: 32/60 → 4.
var restart = fault{
	name: "AdapterRestart", replicas: 6, users: 48, pinned: true,
	strike: restartAdapter(2), lasts: 10 * time.Second, during: coverage{counted: 4, missing: 2}, desired: 6, cause: "timeout",
}

// testFaults shows that no loss or change of data makes the HPA decide wrongly. The scale-in window is 0 and there is no CPU
// metric, so that nothing but the users' values can prevent a scale-in.
func testFaults(t *testing.T) {
	t.Parallel()
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			f.play(t)
		})
	}
}
