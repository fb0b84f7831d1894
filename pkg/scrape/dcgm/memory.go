package dcgm

import (
	"slices"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

// memory is which pods each exporter named when it last named any.
type memory map[types.UID][]named

// named is a pod that a series named.
type named struct {
	owner
	uid types.UID
}

// complete adds to a batch what is to be said of pods whose exporter names none this time, and remembers the pods of the others.
func (m memory) complete(b *sample.Batch, answers []answer, rows []row, p pods) {
	last, asked := memory{}, map[types.UID]bool{}
	mentioned := map[types.UID]bool{}
	for _, r := range rows {
		exporter := types.UID(r.exporter.job)
		if n := (named{r.owner, r.pod}); !slices.Contains(last[exporter], n) {
			last[exporter] = append(last[exporter], n)
		}
		mentioned[r.pod] = true
	}
	for _, a := range answers {
		asked[a.exporter] = true
		if pods, ok := last[a.exporter]; ok {
			m[a.exporter] = pods
			continue
		}
		m[a.exporter] = slices.DeleteFunc(m[a.exporter], func(n named) bool { return mentioned[n.uid] || !n.runs(p) })
		m.fail(b, a, p)
	}
	for exporter := range m {
		if !asked[exporter] {
			delete(m, exporter)
		}
	}
}

// fail makes failures of the pods that an exporter named last. A pod that is being deleted gets none: it would be taken for one that
// stopped answering, of which nothing is known.
func (m memory) fail(b *sample.Batch, a answer, p pods) {
	b.Partial = b.Partial || a.err != nil || len(m[a.exporter]) > 0
	err := a.err
	if err == nil {
		err = sample.Refuse(sample.ReasonNoValue, "exporter %s names no pod now, and named this one before", a.name)
	}
	for _, n := range m[a.exporter] {
		if pod, _ := p.PodByName(n.namespace, n.pod); !pod.Deleting {
			b.Failures = append(b.Failures, fetch.Failure(n.uid, err))
		}
	}
}

// runs says whether the pod is still there.
func (n named) runs(p pods) bool {
	pod, ok := p.PodByName(n.namespace, n.pod)
	return ok && pod.UID == n.uid && pod.Running
}
