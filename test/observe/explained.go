package observe

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/test/cluster"
)

// Explain asks the running adapter, through the API server, why an HPA stands where it stands.
func Explain(ctx context.Context, c *cluster.Cluster, namespace, hpa string) (explain.Report, error) {
	list, err := explain.Fetch(ctx, c.Client.CoreV1().RESTClient(), namespace, hpa)
	if err != nil {
		return explain.Report{}, err
	}
	if len(list.Items) != 1 {
		return explain.Report{}, fmt.Errorf("%d explanations of HPA %s/%s, want one", len(list.Items), namespace, hpa)
	}
	return list.Items[0], nil
}

// nearby is how far an explanation may be from a decision that it explains: they are asked for once a second, and an event's time is
// cut to the second.
const nearby = 3 * time.Second

// Explained reports whether, for every rescale, an explanation of about that moment says what the HPA did: it foresaw the new size, or
// it names the limits that stopped the HPA between the old size and the recommendation. A signal that crossed a boundary between two
// explanations is explained by both: the one before keeps the size, or a size on the way, and the total of the one after asks for the
// rest. It also tells what was seen. No rescale at all is not ok.
func Explained(rescales []Rescale, reports []explain.Report) (seen string, ok bool) {
	var words []string
	ok = true
	for _, r := range rescales {
		i := slices.IndexFunc(reports, func(e explain.Report) bool { return near(e, r) && explains(e.Replicas, e.Limits, r) })
		if i < 0 {
			i = crossing(reports, r)
		}
		if i < 0 {
			ok = false
			words = append(words, fmt.Sprintf("%d→%d unexplained", r.From, r.To))
			continue
		}
		words = append(words, fmt.Sprintf("%d→%d: %s", r.From, r.To, reports[i].Sentence))
	}
	return strings.Join(words, "; "), ok && len(words) > 0
}

func near(e explain.Report, r Rescale) bool { return e.Time.Sub(r.Time).Abs() <= nearby }

func explains(n explain.Replicas, limits []explain.Limit, r Rescale) bool {
	if n.Current == nil || *n.Current != r.From || n.Recommended == nil {
		return false
	}
	if n.Next != nil && *n.Next == r.To {
		return true
	}
	between := min(r.From, *n.Recommended) <= r.To && r.To <= max(r.From, *n.Recommended)
	return len(limits) > 0 && between
}

// crossing is the later of two explanations between which the signal came to ask for the new size; −1 if there are none.
func crossing(reports []explain.Report, r Rescale) int {
	for i := 1; i < len(reports); i++ {
		before, after := reports[i-1], reports[i]
		n := before.Replicas
		if !near(before, r) || !near(after, r) || n.Current == nil || *n.Current != r.From || n.Next == nil {
			continue
		}
		if asked := asks(after, r.From); min(*n.Next, asked) <= r.To && r.To <= max(*n.Next, asked) {
			return i
		}
	}
	return -1
}

// asks is the largest proposal of a report's metrics for so many replicas. The total of a metric does not depend on how many pods there
// are, so that one is known for other replicas than those of the report, too.
func asks(e explain.Report, replicas int32) int32 {
	var most int32
	for _, m := range e.Metrics {
		switch {
		case m.Total != nil && m.Total.Smoothed != nil && m.Target.AverageValue != nil:
			pods := *m.Total.Smoothed / m.Target.AverageValue.AsApproximateFloat64()
			proposal := replicas
			if ratio := pods / float64(replicas); ratio > 1+m.Tolerance.Up || ratio < 1-m.Tolerance.Down {
				proposal = int32(math.Ceil(pods))
			}
			most = max(most, proposal)
		case m.Proposal != nil:
			most = max(most, m.Proposal.Replicas)
		}
	}
	return most
}
