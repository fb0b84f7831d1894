package explain

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/pkg/hpa"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/store"
)

// podsMetric explains a metric that this adapter serves, or says that it does not.
func (in Input) podsMetric(m *Metric, spec *autoscalingv2.PodsMetricSource) {
	if in.Values == nil {
		m.Unknown = "the adapter does not know the HPA's pods (yet)"
		return
	}
	i := slices.IndexFunc(in.Values.Metrics, func(d store.MetricDescription) bool {
		return d.Name == m.Name || d.RawName == m.Name && m.Name != ""
	})
	if i < 0 {
		m.Invalid = "the adapter serves no metric of that name"
		return
	}
	d := &in.Values.Metrics[i]
	m.Unsmoothed = m.Name == d.RawName
	m.Total = totalOf(d)
	m.Pods = in.podsOf(d)
	m.judge(d, spec.Metric.Selector)
	in.averageValue(m, "", served(d, m.Unsmoothed))
}

func totalOf(d *store.MetricDescription) *Total {
	t := &Total{
		Raw:                 d.Raw,
		RiseHalfLifeSeconds: d.Smoothing.Rise.Seconds(), FallHalfLifeSeconds: d.Smoothing.Fall.Seconds(),
		MaxAgeSeconds: d.MaxAge.Seconds(),
		Coverage: Coverage{
			Matched: d.Coverage.Matched, Expected: d.Coverage.Expected, Counted: d.Coverage.Counted,
			Departing: d.Coverage.Departing, Minimum: d.Coverage.Minimum,
		},
	}
	if d.Coverage.Counted > 0 {
		t.Smoothed = &d.Smoothed
	}
	return t
}

// served is what the adapter answers the HPA, unless it withholds it.
func served(d *store.MetricDescription, raw bool) map[string]hpa.Reading {
	readings := map[string]hpa.Reading{}
	for i := range d.Pods {
		p := &d.Pods[i]
		switch {
		case !isServed(p.State):
		case raw:
			readings[p.Name] = hpa.Reading{Milli: int64(math.Round(p.Value * 1000)), Time: p.Time}
		default:
			readings[p.Name] = hpa.Reading{Milli: p.Share, Time: p.Time}
		}
	}
	return readings
}

func isServed(s sample.State) bool { return s == sample.StateFresh || s == sample.StateHeld }

// podsOf lists the pods that the adapter knows, and those that only the API server knows yet.
func (in Input) podsOf(d *store.MetricDescription) []Pod {
	var pods []Pod
	known := map[string]bool{}
	for i := range d.Pods {
		known[d.Pods[i].Name] = true
		pods = append(pods, in.pod(&d.Pods[i]))
	}
	for _, p := range in.Pods {
		if !known[p.Name] {
			pods = append(pods, Pod{Name: p.Name, Reason: "not known to the adapter yet"})
		}
	}
	slices.SortStableFunc(pods, func(a, b Pod) int { return strings.Compare(a.Name, b.Name) })
	return pods
}

func (in Input) pod(d *store.PodDescription) Pod {
	p := Pod{Name: d.Name, State: d.State, Expected: d.Expected, Reason: reason(d), Detail: d.Detail}
	if d.Reason == sample.ReasonNotScraped && d.Detail == "" {
		p.Detail = "the pod does not opt in by the annotation userscale.dev/scrape, and nothing in the configuration selects it"
	}
	if !d.Time.IsZero() {
		value := d.Value
		p.Raw, p.AgeSeconds, p.Note = &value, age(in.Now, d.Time), d.Note
	}
	if isServed(d.State) {
		share := float64(d.Share) / 1000
		p.Share = &share
	}
	return p
}

// reason is why a pod has no value, or no newer one, also where no collection said so.
func reason(d *store.PodDescription) string {
	switch {
	case d.Reason != "":
		return string(d.Reason)
	case d.State == sample.StateAbsent:
		return "never had a value"
	case d.State == sample.StateStale:
		return "no newer value"
	}
	return ""
}

func age(now, t time.Time) *float64 {
	s := max(now.Sub(t).Round(time.Millisecond).Seconds(), 0)
	return &s
}

// causes counts the reasons why the pods of a part have no value: "2 timeout, 1 connection".
func (m *Metric) causes(part Part) string {
	counts := map[string]int{}
	for i := range m.Pods {
		if p := &m.Pods[i]; p.Part == part {
			counts[p.Reason]++
		}
	}
	delete(counts, "")
	texts := make([]string, 0, len(counts))
	for reason, n := range counts {
		texts = append(texts, fmt.Sprintf("%d %s", n, reason))
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}
