package dcgm

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/types"
)

// noteLimit bounds a note, in bytes: names in it come from outside.
const noteLimit = 300

// verdict is how a pod's value came about. It is comparable, so that a note is only written anew where something changed.
type verdict struct {
	gpus      int  // with a usable value
	without   int  // without one
	first     gpu  // of those with a value
	instances int  // of these are MIG instances
	field     int  // of the first one
	mixed     bool // others have another field
	converted bool // a ratio that was percent
	variant   int  // of the first one's labels
	shared    int  // of the GPUs
	others    int  // at most so many other pods have one of them
}

func (v *verdict) add(r row, others int, converted bool) {
	if v.gpus == 0 {
		v.first, v.field, v.variant = r.gpu, r.field, r.variant
	}
	v.gpus++
	if r.gpu.instance != "" {
		v.instances++
	}
	v.mixed = v.mixed || r.field != v.field
	v.converted = v.converted || converted
	if others > 0 || r.vgpu != "" {
		v.shared++
		v.others = max(v.others, others)
	}
}

// note says it in words, such as "2 GPUs, average: DCGM_FI_DEV_GPU_UTIL (percent), labels exported_pod".
func (v *verdict) note(r rules) string {
	var b strings.Builder
	f := r.fields[v.field]
	fmt.Fprintf(&b, "%s: %s (%s)", v.subject(r.combineMax), f.Name, f.Unit)
	if v.mixed {
		b.WriteString(" and another")
	}
	fmt.Fprintf(&b, ", labels %s", variants[v.variant].pod)
	if v.converted {
		b.WriteString("; the ratio is above 1, taken for percent")
	}
	switch {
	case v.shared > 0 && v.gpus == 1:
		fmt.Fprintf(&b, "; %v is %s", v.first, sharedWith(v.others))
	case v.shared > 0:
		fmt.Fprintf(&b, "; %d of them %s", v.shared, sharedWith(v.others))
	}
	if v.without > 0 {
		fmt.Fprintf(&b, "; %d more without a usable value", v.without)
	}
	return bounded(b.String())
}

func (v *verdict) subject(combineMax bool) string {
	if v.gpus == 1 {
		return v.first.String()
	}
	what, how := "GPUs", "average"
	if v.instances == v.gpus {
		what = "MIG instances"
	}
	if combineMax {
		how = "maximum"
	}
	return fmt.Sprintf("%d %s, %s", v.gpus, what, how)
}

// sharedWith says with how many other pods a GPU is shared. There can be none: the device plugin shares it out, and one pod asked so far.
func sharedWith(others int) string {
	switch others {
	case 0:
		return "set up to be shared"
	case 1:
		return "shared with 1 other pod"
	}
	return fmt.Sprintf("shared with %d other pods", others)
}

// bounded cuts a text to noteLimit, between two characters.
func bounded(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= noteLimit {
		return text
	}
	const mark = "…"
	end := noteLimit - len(mark)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}

// notes keeps the notes of the last collection, so that one that does not change is not written again.
type notes struct{ last, next map[types.UID]noted }

type noted struct {
	verdict verdict
	note    string
}

func (n *notes) of(pod types.UID, v verdict, r rules) string {
	known, ok := n.last[pod]
	if !ok || known.verdict != v {
		known = noted{v, v.note(r)}
	}
	if n.next == nil {
		n.next = map[types.UID]noted{}
	}
	n.next[pod] = known
	return known.note
}

// turn ends a collection, and forgets the pods that were not in it.
func (n *notes) turn() {
	n.last, n.next = n.next, n.last
	clear(n.next)
}
