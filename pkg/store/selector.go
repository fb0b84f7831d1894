package store

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// nothing is the key of a selector that matches nothing; it is no selector's text.
const nothing = "<nothing>"

// canonical returns the same text for selectors that say the same in another order or with another operator: app=a, app==a and
// app in (a).
func canonical(selector labels.Selector) string {
	requirements, selectable := selector.Requirements()
	if !selectable {
		return nothing
	}
	texts := make([]string, len(requirements))
	for i := range requirements {
		texts[i] = text(&requirements[i])
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), ",")
}

func text(r *labels.Requirement) string {
	values := r.ValuesUnsorted()
	if len(values) != 1 {
		return r.String() // which sorts the values
	}
	switch r.Operator() {
	case selection.Equals, selection.DoubleEquals, selection.In:
		return r.Key() + "=" + values[0]
	case selection.NotEquals, selection.NotIn:
		return r.Key() + "!=" + values[0]
	default:
		return r.String()
	}
}
