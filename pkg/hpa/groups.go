package hpa

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Groups says what part each pod has in a proposal. Names are sorted, and a pod is in one group only.
// Source: replica_calculator.go, groupPods.
type Groups struct {
	Counted  []string // with a reading that counts
	Missing  []string // should have a reading, and has none; pods that have succeeded are among them
	Pending  []string // not started, or for CPU not ready yet; upstream calls them unready
	Ignored  []string // failed or being deleted
	Unlisted []string // a reading of a pod that does not match the selector: part of the usage, but no pod to count
}

// group returns each pod's part and the values that count: those of counted and unlisted pods. An empty resource stands for a
// metric that is no resource.
func (s Sync) group(resource corev1.ResourceName, readings map[string]Reading) (Groups, map[string]int64) {
	var g Groups
	values := make(map[string]int64, len(readings))
	for name, r := range readings {
		values[name] = r.Milli
	}
	unlisted := maps.Clone(readings)
	for _, pod := range s.Pods {
		r, found := readings[pod.Name]
		delete(unlisted, pod.Name)
		switch {
		case pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodFailed:
			g.Ignored = append(g.Ignored, pod.Name)
			delete(values, pod.Name)
		case pod.Status.Phase == corev1.PodPending:
			g.Pending = append(g.Pending, pod.Name)
			delete(values, pod.Name)
		case !found:
			g.Missing = append(g.Missing, pod.Name)
		case resource == corev1.ResourceCPU && s.starting(pod, r):
			g.Pending = append(g.Pending, pod.Name)
			delete(values, pod.Name)
		default:
			g.Counted = append(g.Counted, pod.Name)
		}
	}
	g.Unlisted = slices.Sorted(maps.Keys(unlisted))
	for _, names := range [][]string{g.Counted, g.Missing, g.Pending, g.Ignored} {
		slices.Sort(names)
	}
	return g, values
}

// starting tells whether a pod's CPU reading may be that of its start, which says nothing about load. Within the initialization
// period a reading has to be of a time when the pod was ready, for a whole window. After it, only a pod that was never ready is
// left aside: one whose readiness last changed within the delay after its start.
func (s Sync) starting(pod *corev1.Pod, r Reading) bool {
	i := slices.IndexFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == corev1.PodReady })
	if i < 0 || pod.Status.StartTime == nil {
		return true
	}
	ready, started := pod.Status.Conditions[i], pod.Status.StartTime.Time
	unready := ready.Status == corev1.ConditionFalse // unknown passes for ready
	if started.Add(s.CPUInitializationPeriod).After(s.Now) {
		return unready || r.Time.Before(ready.LastTransitionTime.Add(r.Window))
	}
	return unready && started.Add(s.InitialReadinessDelay).After(ready.LastTransitionTime.Time)
}
