package pods

import (
	"context"
	"maps"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// history remembers what became of each pod, for the order in which the next collection asks.
type history struct {
	pods  map[types.UID]past
	round uint64 // counts the collections
}

func newHistory() history { return history{pods: map[types.UID]past{}} }

// past is what became of one pod.
type past struct {
	known  bool          // it has been asked
	reason sample.Reason // why it gave no value when it was last asked; empty if it did
	missed bool          // the last collection ended before its turn
	round  uint64        // when it was last a target
}

// The ranks, in the order of which pods are asked: waiting for the dead never delays the living, nor do pods that nothing is known of
// yet. Within each kind those go first whose turn did not come last time, so that all have one by and by.
const (
	rankAnswers = 0
	rankUnknown = 2
	rankFails   = 4
	ranks       = 6
)

func (p past) rank() int {
	rank := rankAnswers
	switch {
	case !p.known:
		rank = rankUnknown
	case p.reason != "":
		rank = rankFails
	}
	if !p.missed {
		rank++
	}
	return rank
}

// order appends to buf the indexes of the pods in the order in which to ask them; pods of the same rank keep theirs.
func (h *history) order(pods []sample.Pod, buf []int) []int {
	var count [ranks + 1]int
	for i := range pods {
		count[h.pods[pods[i].UID].rank()+1]++
	}
	for rank := range ranks {
		count[rank+1] += count[rank]
	}
	buf = append(buf, make([]int, len(pods))...)
	for i := range pods {
		rank := h.pods[pods[i].UID].rank()
		buf[count[rank]] = i
		count[rank]++
	}
	return buf
}

// update takes over the answers and logs what changed: a pod that began to fail, fails for another reason, or recovered.
func (h *history) update(ctx context.Context, metric string, pods []sample.Pod, answers []answer) {
	h.round++
	logger := klog.FromContext(ctx)
	for i := range pods {
		pod, a := &pods[i], &answers[i]
		before := h.pods[pod.UID]
		now := before
		now.round, now.missed = h.round, !a.asked
		if a.asked {
			now.known, now.reason = true, a.failure.Reason
		}
		h.pods[pod.UID] = now
		switch now.reason {
		case before.reason:
		case "":
			logger.Info("Pod answers again", "metric", metric, "pod", klog.KRef(pod.Namespace, pod.Name), "was", before.reason)
		default:
			logger.Info("Pod gives no value", "metric", metric, "pod", klog.KRef(pod.Namespace, pod.Name),
				"reason", now.reason, "err", a.failure.Err)
		}
	}
	if len(h.pods) > len(pods) { // some are gone
		maps.DeleteFunc(h.pods, func(_ types.UID, p past) bool { return p.round != h.round })
	}
}
