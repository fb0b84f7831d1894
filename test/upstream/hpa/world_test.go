package hpa_test

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"userscale.dev/userscale/pkg/hpa"
)

// world is everything that a proposal is made from, besides the target.
type world struct {
	sync     hpa.Sync
	readings map[string]hpa.Reading
	object   int64
}

// drawWorld makes pods and gives some of them readings, often such that they lie on an edge of the rules. unit is the value of a pod
// at exactly its target.
func drawWorld(t *rapid.T, unit func(*corev1.Pod) int64) world {
	w := world{sync: drawSync(t)}
	w.readings = drawReadings(t, w.sync, unit)
	return w
}

// drawSync makes pods, and the tolerances of their HPA.
func drawSync(t *rapid.T) hpa.Sync {
	s := hpa.Sync{
		Now:        bubbleNow,
		Tolerances: hpa.Tolerances{Up: drawTolerance(t, "up"), Down: drawTolerance(t, "down")},

		CPUInitializationPeriod: hpa.DefaultCPUInitializationPeriod,
		InitialReadinessDelay:   hpa.DefaultInitialReadinessDelay,
	}
	n := rapid.OneOf(rapid.IntRange(1, 8), rapid.IntRange(0, 60)).Draw(t, "pods")
	s.Pods = drawPods(t, n)
	s.Replicas = rapid.OneOf(rapid.Just(int32(n)), rapid.Int32Range(0, 2*int32(n)+2)).Draw(t, "replicas")
	return s
}

func drawTolerance(t *rapid.T, direction string) float64 {
	return rapid.OneOf(rapid.SampledFrom([]float64{0, 0.1, 0.1, 0.25, 0.3, 1}), rapid.Float64Range(0, 1)).Draw(t, direction)
}

func drawTarget(t *rapid.T) int64 {
	return rapid.OneOf(rapid.SampledFrom([]int64{1, 3, 7, 333, 1000, 10_000, 70_000_000}), rapid.Int64Range(1, 100_000)).Draw(t, "target")
}

func drawResource(t *rapid.T) corev1.ResourceName {
	return rapid.SampledFrom([]corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceCPU, corev1.ResourceMemory, "nvidia.com/gpu"}).Draw(t, "resource")
}

// drawReadings draws who has a reading and what they come to together, and spreads that over them: only the sum counts.
func drawReadings(t *rapid.T, s hpa.Sync, unit func(*corev1.Pod) int64) map[string]hpa.Reading {
	readings := map[string]hpa.Reading{}
	absent := rapid.SampledFrom([]int{0, 0, 10, 30, 50, 100}).Draw(t, "percent without a reading")
	var counted []string
	atTarget := int64(0)
	for _, p := range s.Pods {
		if percent(t, absent, "absent") {
			continue
		}
		r := drawReadingTime(t, p)
		if p.DeletionTimestamp == nil && p.Status.Phase == corev1.PodRunning {
			counted = append(counted, p.Name)
			atTarget += unit(p)
		} else {
			r.Milli = rapid.Int64Range(0, 100_000).Draw(t, "value that does not count")
		}
		readings[p.Name] = r
	}
	total := drawTotal(t, s, len(counted), atTarget)
	for i, name := range counted {
		r := readings[name]
		r.Milli = total*int64(i+1)/int64(len(counted)) - total*int64(i)/int64(len(counted))
		readings[name] = r
	}
	if percent(t, 10, "stranger") {
		readings["stranger"] = hpa.Reading{Milli: total / int64(max(len(counted), 1)), Time: bubbleNow}
	}
	return readings
}

// drawTotal draws what the readings come to: any load, a whole number of targets, an edge of the band, or as much as takes a filled
// in pod to turn the direction around; and one more or less.
func drawTotal(t *rapid.T, s hpa.Sync, counted int, atTarget int64) int64 {
	part := func(ratio float64) int64 { return int64(ratio * float64(atTarget)) }
	var total int64
	n, all := int64(max(counted, 1)), float64(len(s.Pods))
	switch rapid.SampledFrom([]string{"any", "multiple", "edge", "turn"}).Draw(t, "load") {
	case "any":
		total = part(rapid.Float64Range(0, 3).Draw(t, "ratio"))
	case "multiple":
		total = atTarget * rapid.Int64Range(0, 2*n).Draw(t, "targets") / n
	case "edge":
		total = part(rapid.SampledFrom([]float64{1, 1 + s.Tolerances.Up, 1 - s.Tolerances.Down}).Draw(t, "edge"))
	case "turn":
		total = part(all / float64(n) * rapid.SampledFrom([]float64{0.8, 1, 1 + s.Tolerances.Up, 1 - s.Tolerances.Down}).Draw(t, "turn"))
	}
	slack := rapid.SampledFrom([]int64{0, 0, 0, 1, -1, n, -n, n - 1}).Draw(t, "slack")
	return max(total+slack, 0)
}

// drawReadingTime draws when a reading was taken: some of them to the second when a pod's start is over.
func drawReadingTime(t *rapid.T, p *corev1.Pod) hpa.Reading {
	r := hpa.Reading{Time: bubbleNow.Add(-10 * time.Second), Window: rapid.SampledFrom([]time.Duration{0, 30 * time.Second, time.Minute}).Draw(t, "window")}
	if len(p.Status.Conditions) > 0 && rapid.Bool().Draw(t, "read near readiness") {
		r.Time = p.Status.Conditions[0].LastTransitionTime.Add(r.Window + drawNear(t, "read after"))
	}
	return r
}

// drawNear draws an edge, or a time just before or after it.
func drawNear(t *rapid.T, name string) time.Duration {
	return rapid.SampledFrom([]time.Duration{-time.Minute, -time.Second, -1, 0, 1, time.Second, time.Minute}).Draw(t, name)
}
