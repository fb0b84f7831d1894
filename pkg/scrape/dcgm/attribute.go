package dcgm

import (
	"cmp"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// Series is the newest sample of one of the exporters' series.
type Series struct {
	Labels   Labels
	Job      string // series of one job name pods by the same labels
	Exporter string // that shows it
	Value    float64
	Time     time.Time // when it was scraped
}

// pods finds a pod by the name that a series gives it.
type pods interface {
	PodByName(namespace, name string) (sample.Pod, bool)
}

// rules say what to make of series.
type rules struct {
	fields        []Field
	combineMax    bool // of several GPUs, the busiest counts; their average otherwise
	excludeShared bool
	min, max      float64
}

// attributor turns series into a value per pod. It must not be used concurrently with itself.
type attributor struct {
	rules
	index  map[string]int // of fields, by name
	scales scales
	notes  notes
	rows   []row         // reused
	at     map[place]int // of rows; reused
}

func newAttributor(r rules) *attributor {
	a := &attributor{rules: r, index: map[string]int{}, scales: scales{}, at: map[place]int{}}
	for i, f := range r.fields {
		if _, ok := a.index[f.Name]; !ok {
			a.index[f.Name] = i
		}
	}
	return a
}

// row is what is shown of one field of one GPU for one pod.
type row struct {
	place
	owner    owner
	started  time.Time // of the pod
	value    float64   // as shown
	time     time.Time
	exporter exporterField
	variant  int    // of variants
	vgpu     string // the share of a GPU that the device plugin shares out
}

// place is where a row belongs. There is no container and no vgpu in it: a pod that has a GPU twice is shown copies of one value, as
// is a GPU that two Prometheuses scrape.
type place struct {
	pod   types.UID
	gpu   gpu
	field int
}

func (p place) compare(q place) int {
	return cmp.Or(
		cmp.Compare(p.pod, q.pod), cmp.Compare(p.gpu.uuid, q.gpu.uuid), cmp.Compare(p.gpu.instance, q.gpu.instance),
		cmp.Compare(p.field, q.field))
}

// attribute returns the samples and failures of the pods that the series name, ordered by UID. Series of pods that nobody knows or
// that do not run are passed over, and so are those that have no field or no pod.
func (a *attributor) attribute(series []Series, p pods) (samples []sample.Sample, failures []sample.Failure) {
	a.read(series, p)
	slices.SortFunc(a.rows, func(r, s row) int { return r.compare(s.place) })
	sharers := a.sharers()
	for rows := range runs(a.rows, func(r row) types.UID { return r.pod }) {
		m := a.combine(rows, sharers)
		if m.verdict.gpus == 0 {
			failures = append(failures, a.failure(m, sharers))
			continue
		}
		pod := rows[0].pod
		samples = append(samples, sample.Sample{Pod: pod, Value: m.value, Time: m.time, Note: a.notes.of(pod, m.verdict, a.rules)})
	}
	a.notes.turn()
	return samples, failures
}

// read makes rows of series, of copies the newest. Of equally new ones the largest, so that their order does not matter.
func (a *attributor) read(series []Series, p pods) {
	a.rows = a.rows[:0]
	clear(a.at)
	byJob := variantsByJob(series)
	for _, s := range series {
		r, ok := a.rowOf(s, byJob[s.Job], p)
		if !ok {
			continue
		}
		i, seen := a.at[r.place]
		switch {
		case !seen:
			a.at[r.place] = len(a.rows)
			a.rows = append(a.rows, r)
		case cmp.Or(r.time.Compare(a.rows[i].time), cmp.Compare(r.value, a.rows[i].value)) > 0:
			a.rows[i] = r
		}
	}
}

func (a *attributor) rowOf(s Series, v int, p pods) (row, bool) {
	field, ok := a.index[s.Labels.Get("__name__")]
	if !ok || v == len(variants) {
		return row{}, false
	}
	o, ok := variants[v].of(s.Labels)
	if !ok {
		return row{}, false
	}
	pod, ok := p.PodByName(o.namespace, o.pod)
	if !ok || !pod.Running || isExporter(s.Labels, v, pod) {
		return row{}, false
	}
	return row{
		place:    place{pod.UID, gpuOf(s.Labels), field},
		owner:    o,
		started:  pod.Started,
		value:    s.Value,
		time:     s.Time,
		exporter: exporterField{s.Job, s.Exporter, a.fields[field].Name},
		variant:  v,
		vgpu:     s.Labels.Get("vgpu"),
	}, true
}

// sharers counts the pods of each GPU that has several.
func (a *attributor) sharers() map[gpu]int {
	counts := map[gpu]int{}
	for rows := range runs(a.rows, podGPU) {
		counts[rows[0].gpu]++
	}
	return counts
}

// podOnGPU is a GPU of a pod.
type podOnGPU struct {
	pod types.UID
	gpu gpu
}

func podGPU(r row) podOnGPU { return podOnGPU{r.pod, r.gpu} }

// runs yields the stretches of rows with the same key.
func runs[K comparable](rows []row, key func(row) K) func(yield func([]row) bool) {
	return func(yield func([]row) bool) {
		for start := 0; start < len(rows); {
			end := start + 1
			for end < len(rows) && key(rows[end]) == key(rows[start]) {
				end++
			}
			if !yield(rows[start:end]) {
				return
			}
			start = end
		}
	}
}
