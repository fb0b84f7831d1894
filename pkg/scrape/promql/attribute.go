package promql

import (
	"fmt"
	"math"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// gpu tells the GPUs (or MIG instances) of a pod apart. Two series with the same one are the same measurement, taken by two
// Prometheuses or by an exporter before and after its restart.
type gpu struct {
	owner
	uuid, instance string
}

// deduplicate keeps the newest point per GPU, in the order in which GPUs first appear.
func deduplicate(points []Point) []gpuPoint {
	onlyExported := anyExported(points)
	at := map[gpu]int{}
	var unique []gpuPoint
	for _, p := range points {
		o, ok := ownerOf(p.Labels, onlyExported)
		if !ok {
			continue
		}
		key := gpu{o, string(p.Labels["UUID"]), string(p.Labels["GPU_I_ID"])}
		if i, seen := at[key]; !seen {
			at[key] = len(unique)
			unique = append(unique, gpuPoint{key, p})
		} else if p.Time.After(unique[i].Time) {
			unique[i].Point = p
		}
	}
	return unique
}

type gpuPoint struct {
	gpu
	Point
}

// attribute turns points into one sample per pod: the average of its GPUs' good values, as old as the oldest of them. A pod
// that has none is a failure; series of pods that nobody knows are passed over.
func (s *Source) attribute(points []Point) sample.Batch {
	sums := map[types.UID]*average{}
	var order []types.UID
	for _, p := range deduplicate(points) {
		pod, ok := s.pods.PodByName(p.namespace, p.pod)
		if !ok || isExporter(p.Labels, pod) {
			continue
		}
		sum := sums[pod.UID]
		if sum == nil {
			sum = &average{}
			sums[pod.UID] = sum
			order = append(order, pod.UID)
		}
		sum.add(s.judge(p.Point, pod))
	}
	b := sample.Batch{Metric: s.config.Metric}
	for _, uid := range order {
		sum := sums[uid]
		if sum.n == 0 {
			b.Failures = append(b.Failures, sample.Failure{Pod: uid, Reason: sum.reason, Err: sum.err})
			continue
		}
		b.Samples = append(b.Samples, sample.Sample{Pod: uid, Value: sum.mean, Time: sum.oldest})
	}
	return b
}

// judge scales a value and says why it cannot be used, if so.
func (s *Source) judge(p Point, pod sample.Pod) (float64, time.Time, sample.Reason, error) {
	value := p.Value * s.config.Scale
	// Negated, so that NaN is out of range too.
	if !(value >= s.config.Min && value <= s.config.Max) || math.IsInf(value, 0) {
		return 0, p.Time, sample.ReasonOutOfRange,
			fmt.Errorf("%v: value %v is not in [%v, %v]", p.Labels, value, s.config.Min, s.config.Max)
	}
	if p.Time.Before(pod.Started) {
		return 0, p.Time, sample.ReasonTooOld,
			fmt.Errorf("%v: measured at %v, before the pod started at %v", p.Labels, p.Time, pod.Started)
	}
	return value, p.Time, "", nil
}

// average gathers the GPUs of one pod.
type average struct {
	mean   float64
	n      int
	oldest time.Time
	reason sample.Reason // of the last bad value
	err    error
}

func (a *average) add(value float64, at time.Time, reason sample.Reason, err error) {
	if reason != "" {
		a.reason, a.err = reason, err
		return
	}
	if a.n == 0 || at.Before(a.oldest) {
		a.oldest = at
	}
	a.n++
	a.mean += (value - a.mean) / float64(a.n) // as a running mean, it stays within the values' range where their sum would not
}
