package promql

import (
	"fmt"
	"math"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// parts are the values of one pod's series.
type parts struct {
	pod  sample.Pod
	good []Point         // scaled
	bad  *sample.Failure // the last value that cannot be used
	nBad int
	old  *sample.Failure // the last one that may be another pod's, which says nothing of this one
}

// attribute finds each series' pod, in the order in which pods first appear. Series that name no pod, or none that runs, are passed over.
func (s *Source) attribute(answer Answer) []*parts {
	byPod := map[types.UID]*parts{}
	var order []*parts
	for _, point := range withoutReplicas(answer.Points) {
		pod, ok := s.pods.PodByName(string(point.Labels[s.config.Namespace]), string(point.Labels[s.config.Pod]))
		if !ok || !pod.Running {
			continue
		}
		p := byPod[pod.UID]
		if p == nil {
			p = &parts{pod: pod}
			byPod[pod.UID] = p
			order = append(order, p)
		}
		s.add(p, point)
	}
	return order
}

func (s *Source) add(p *parts, point Point) {
	point.Value *= s.config.Scale
	switch problem := s.config.Combine.problem(point.Value, s.config.Min, s.config.Max); {
	case point.Time.Before(p.pod.Started):
		p.old = &sample.Failure{Pod: p.pod.UID, Reason: sample.ReasonTooOld,
			Err: fmt.Errorf("%v: measured at %v, before the pod started at %v", point.Labels, point.Time, p.pod.Started)}
	case problem != "":
		p.nBad++
		p.bad = &sample.Failure{Pod: p.pod.UID, Reason: sample.ReasonOutOfRange,
			Err: fmt.Errorf("%v: value %v %s", point.Labels, point.Value, problem)}
	default:
		p.good = append(p.good, point)
	}
}

// problem says what is wrong with a series' value, if anything. The range is one of pods' values: the parts of a sum may lie below.
func (c Combine) problem(value, least, most float64) string {
	switch {
	case math.IsNaN(value) || math.IsInf(value, 0):
		return "is not finite"
	case value < 0:
		return "is negative"
	case c != Sum && (value < least || value > most):
		return fmt.Sprintf("is not in [%v, %v]", least, most)
	default:
		return ""
	}
}
