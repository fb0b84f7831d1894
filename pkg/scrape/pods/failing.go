package pods

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// failing remembers which pods failed in the last collection, and why.
type failing map[types.UID]sample.Reason

// last moves the pods that failed to the end, so that waiting for the dead never delays the living.
func (f failing) last(pods []sample.Pod) {
	if len(f) == 0 {
		return
	}
	slices.SortStableFunc(pods, func(a, b sample.Pod) int { return f.rank(a.UID) - f.rank(b.UID) })
}

func (f failing) rank(uid types.UID) int {
	if _, bad := f[uid]; bad {
		return 1
	}
	return 0
}

// update takes over the answers and logs what changed: a pod that began to fail, fails for another reason, or recovered.
func (f failing) update(ctx context.Context, metric string, pods []sample.Pod, answers []answer) {
	logger := klog.FromContext(ctx)
	asked := make(map[types.UID]bool, len(f))
	for i, pod := range pods {
		before, now := f[pod.UID], answers[i].failure.Reason
		if now == "" {
			delete(f, pod.UID)
		} else {
			f[pod.UID] = now
			asked[pod.UID] = true
		}
		switch now {
		case before:
		case "":
			logger.Info("Pod answers again", "metric", metric, "pod", klog.KRef(pod.Namespace, pod.Name), "was", before)
		default:
			logger.Info("Pod gives no value", "metric", metric, "pod", klog.KRef(pod.Namespace, pod.Name),
				"reason", now, "err", answers[i].failure.Err)
		}
	}
	for uid := range f {
		if !asked[uid] { // gone
			delete(f, uid)
		}
	}
}
