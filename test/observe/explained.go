package observe

import (
	"context"
	"fmt"
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
// it names the limits that stopped the HPA between the old size and the recommendation. It also tells what was seen. No rescale at
// all is not ok.
func Explained(rescales []Rescale, reports []explain.Report) (seen string, ok bool) {
	var words []string
	ok = true
	for _, r := range rescales {
		i := slices.IndexFunc(reports, func(e explain.Report) bool {
			return e.Time.Sub(r.Time).Abs() <= nearby && explains(e.Replicas, e.Limits, r)
		})
		if i < 0 {
			ok = false
			words = append(words, fmt.Sprintf("%d→%d unexplained", r.From, r.To))
			continue
		}
		words = append(words, fmt.Sprintf("%d→%d: %s", r.From, r.To, reports[i].Sentence))
	}
	return strings.Join(words, "; "), ok && len(words) > 0
}

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
