package promql

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// point is the newest value of one series.
type point struct {
	series model.Metric
	value  float64
	time   time.Time
}

// newest returns each series' newest point of an answer: the last of a range, or an instant vector's only one.
func newest(answer model.Value) ([]point, error) {
	switch v := answer.(type) {
	case model.Matrix:
		points := make([]point, 0, len(v))
		for _, s := range v {
			if n := len(s.Values); n > 0 {
				last := s.Values[n-1]
				points = append(points, point{s.Metric, float64(last.Value), last.Timestamp.Time()})
			}
		}
		return points, nil
	case model.Vector:
		points := make([]point, 0, len(v))
		for _, s := range v {
			points = append(points, point{s.Metric, float64(s.Value), s.Timestamp.Time()})
		}
		return points, nil
	case nil: // {} is an answer to the client
		return nil, errors.New("the answer has no data")
	default:
		return nil, fmt.Errorf("the answer is a %v, want a matrix or a vector", answer.Type())
	}
}

// gpu tells the GPUs (or MIG instances) of a pod apart. Two series with the same one are the same measurement, taken by two
// Prometheuses or by an exporter before and after its restart.
type gpu struct {
	owner
	uuid, instance string
}

// deduplicate keeps the newest point per GPU, in the order in which GPUs first appear.
func deduplicate(points []point) []gpuPoint {
	onlyExported := anyExported(points)
	at := map[gpu]int{}
	var unique []gpuPoint
	for _, p := range points {
		o, ok := ownerOf(p.series, onlyExported)
		if !ok {
			continue
		}
		key := gpu{o, string(p.series["UUID"]), string(p.series["GPU_I_ID"])}
		if i, seen := at[key]; !seen {
			at[key] = len(unique)
			unique = append(unique, gpuPoint{key, p})
		} else if p.time.After(unique[i].time) {
			unique[i].point = p
		}
	}
	return unique
}

type gpuPoint struct {
	gpu
	point
}

// attribute turns points into one sample per pod: the average of its GPUs' good values, as old as the oldest of them. A pod
// that has none is a failure; series of pods that nobody knows are passed over.
func (s *Source) attribute(points []point) sample.Batch {
	sums := map[types.UID]*average{}
	var order []types.UID
	for _, p := range deduplicate(points) {
		pod, ok := s.pods.PodByName(p.namespace, p.pod)
		if !ok || isExporter(p.series, pod) {
			continue
		}
		sum := sums[pod.UID]
		if sum == nil {
			sum = &average{}
			sums[pod.UID] = sum
			order = append(order, pod.UID)
		}
		sum.add(s.judge(p.point, pod))
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
func (s *Source) judge(p point, pod sample.Pod) (float64, time.Time, sample.Reason, error) {
	value := p.value * s.config.Scale
	// Negated, so that NaN is out of range too.
	if !(value >= s.config.Min && value <= s.config.Max) || math.IsInf(value, 0) {
		return 0, p.time, sample.ReasonOutOfRange,
			fmt.Errorf("%v: value %v is not in [%v, %v]", p.series, value, s.config.Min, s.config.Max)
	}
	if p.time.Before(pod.Started) {
		return 0, p.time, sample.ReasonTooOld,
			fmt.Errorf("%v: measured at %v, before the pod started at %v", p.series, p.time, pod.Started)
	}
	return value, p.time, "", nil
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
