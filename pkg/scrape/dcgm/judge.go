package dcgm

import (
	"errors"
	"fmt"
	"math"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// fault is why a row cannot be used.
type fault int

const (
	none fault = iota
	notOfMIG
	blank
	outOfRange
	tooOld
	shared
)

func (f fault) reason() sample.Reason {
	switch f {
	case notOfMIG:
		return sample.ReasonNoValue
	case tooOld:
		return sample.ReasonTooOld
	case shared:
		return sample.ReasonSharedGPU
	default:
		return sample.ReasonOutOfRange
	}
}

func (a *attributor) percent(r row) (percent float64, converted bool) {
	return a.scales.percent(r.exporter, a.fields[r.field].Unit, r.value)
}

// judge says why a row cannot be used on its own, if so.
func (a *attributor) judge(r row) fault {
	if r.gpu.instance != "" && !a.fields[r.field].ofMIG() {
		return notOfMIG
	}
	percent, _ := a.percent(r)
	switch {
	case isBlank(r.value):
		return blank
	case !(percent >= a.min && percent <= a.max) || math.IsInf(percent, 0): // negated, so that NaN is out of range too
		return outOfRange
	case r.time.Before(r.started):
		return tooOld
	}
	return none
}

// explain says in words why a row cannot be used.
func (a *attributor) explain(r row, f fault, others int) error {
	var text string
	field := a.fields[r.field].Name
	switch f {
	case notOfMIG:
		text = fmt.Sprintf("%v: %s says nothing of MIG instances, and the exporter shows no %s of it", r.gpu, field, engine[0].Name)
	case blank:
		text = fmt.Sprintf("%v: %s is %.0f, DCGM's sign for no value", r.gpu, field, r.value)
	case tooOld:
		text = fmt.Sprintf("%v: %s was scraped at %s, before the pod started at %s",
			r.gpu, field, r.time.UTC().Format(time.RFC3339), r.started.UTC().Format(time.RFC3339))
	case shared:
		text = fmt.Sprintf("%v is %s, and shared GPUs are excluded", r.gpu, sharedWith(others))
	default:
		percent, _ := a.percent(r)
		text = fmt.Sprintf("%v: %s is %v, in percent %v, which is not in [%v, %v]", r.gpu, field, r.value, percent, a.min, a.max)
	}
	return errors.New(bounded(text))
}

// isBlank says whether a value is one of those that DCGM shows where it has none, as integers of 64 and 32 bits and as a float.
func isBlank(v float64) bool {
	return v == 1<<63 || v >= 0x7ffffff0 && v <= 0x7fffffff || v >= 1<<47 && v < 1<<47+16
}
