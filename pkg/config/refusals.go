package config

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// refusals are the errors of decoding. What they refused is left out of the configuration.
type refusals field.ErrorList

// and adds the errors of what is left, but for those which only say that something refused is missing.
func (r refusals) and(rest field.ErrorList) field.ErrorList {
	errs := field.ErrorList(r)
	for _, err := range rest {
		if !r.explain(err) {
			errs = append(errs, err)
		}
	}
	return errs
}

// explain: what was refused is empty now, and so is all below it; the groups that it is part of may want it.
func (r refusals) explain(err *field.Error) bool {
	for _, refused := range r {
		if within(err.Field, refused.Field) || err.Type == field.ErrorTypeRequired && within(refused.Field, err.Field) {
			return true
		}
	}
	return false
}

// within says whether path is outer, or below it.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
