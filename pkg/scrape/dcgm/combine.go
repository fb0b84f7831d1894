package dcgm

import (
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// outdated is by how much a field's sample may be older than another field's of the same GPU before the other is used. It is more
// than the time between two scrapes, by which those of two exporters can differ.
const outdated = time.Minute

// measured is what a pod's GPUs come to.
type measured struct {
	value   float64 // percent of a GPU
	time    time.Time
	verdict verdict
	// bad is why the first GPU without a usable value has none, in row.
	bad fault
	row row
}

// combine makes one value of a pod's GPUs, as old as the oldest of those that have a usable one.
func (a *attributor) combine(rows []row, sharers map[gpu]int) measured {
	var m measured
	for ofGPU := range runs(rows, podGPU) {
		others := sharers[ofGPU[0].gpu] - 1
		r, bad := a.choose(ofGPU, others)
		if bad != none {
			if m.bad == none {
				m.bad, m.row = bad, r
			}
			m.verdict.without++
			continue
		}
		percent, converted := a.percent(r)
		m.verdict.add(r, others, converted)
		if m.verdict.gpus == 1 || r.time.Before(m.time) {
			m.time = r.time
		}
		if a.combineMax {
			m.value = max(m.value, percent)
		} else {
			m.value += (percent - m.value) / float64(m.verdict.gpus) // as a running mean, it stays within the values' range
		}
	}
	return m
}

// choose picks the row of a pod's GPU to use: that of the first field with a usable value. Where there is none, it is the row that
// says most about why.
func (a *attributor) choose(rows []row, others int) (row, fault) {
	if a.excludeShared && (others > 0 || anyVirtual(rows)) {
		return rows[0], shared
	}
	best, bad := rows[0], none
	var newest time.Time
	for _, r := range rows {
		switch f := a.judge(r); {
		case f == none && r.time.After(newest):
			newest = r.time
		case f != none && (bad == none || bad == notOfMIG):
			best, bad = r, f
		}
	}
	for _, r := range rows {
		if a.judge(r) == none && newest.Sub(r.time) <= outdated {
			return r, none
		}
	}
	return best, bad
}

func anyVirtual(rows []row) bool {
	for _, r := range rows {
		if r.vgpu != "" {
			return true
		}
	}
	return false
}

func (a *attributor) failure(m measured, sharers map[gpu]int) sample.Failure {
	return sample.Failure{Pod: m.row.pod, Reason: m.bad.reason(), Err: a.explain(m.row, m.bad, sharers[m.row.gpu]-1)}
}
