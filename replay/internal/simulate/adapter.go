package simulate

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/provider"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/store"
	"userscale.dev/userscale/replay/internal/policy"
)

// adapter is the adapter's own store and provider, told of pods and the HPA as discovery would tell it.
type adapter struct {
	policy   *policy.Policy
	store    *store.Store
	provider *provider.Provider
	began    time.Time
	missing  map[string]bool // metrics that were not collected yet
}

func newAdapter(p *policy.Policy, selector labels.Selector, began time.Time) *adapter {
	a := &adapter{policy: p, store: store.New(p.Metrics), began: began, missing: map[string]bool{}}
	a.provider = provider.New(a.store, oneObject{selector})
	for i := range p.Metrics {
		a.missing[p.Metrics[i].Name] = true
	}
	a.store.SetHPA(store.HPA{Namespace: p.HPA.Namespace, Name: p.HPA.Name}, selector, p.Override)
	return a
}

// setPod tells of a pod that is new or changed.
func (a *adapter) setPod(p *corev1.Pod) { a.store.SetPod(a.policy.Rules.Pod(p)) }

// deletePod tells of a pod that is gone.
func (a *adapter) deletePod(uid types.UID) { a.store.DeletePod(uid) }

// record takes in a collection.
func (a *adapter) record(now time.Time, b sample.Batch) {
	a.store.Record(now, b)
	delete(a.missing, b.Metric)
}

// ready says whether the adapter has collected every metric, before which it answers nobody.
func (a *adapter) ready() bool { return len(a.missing) == 0 }

// oneObject knows the pods of the HPA's target, which is the only object that is asked for.
type oneObject struct{ selector labels.Selector }

// Selector implements what the provider asks.
func (o oneObject) Selector(schema.GroupKind, string, string) (labels.Selector, error) {
	return o.selector, nil
}
