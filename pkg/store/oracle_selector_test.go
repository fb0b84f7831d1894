package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"
)

// terms are a selector's requirements, as written.
type terms []term

type term struct {
	key, operator string // = == != in notin exists !exists > <
	values        []string
}

func (s terms) String() string {
	texts := make([]string, len(s))
	for i, t := range s {
		switch t.operator {
		case "exists":
			texts[i] = t.key
		case "!exists":
			texts[i] = "!" + t.key
		case "in", "notin":
			texts[i] = fmt.Sprintf("%s %s (%s)", t.key, t.operator, strings.Join(t.values, ","))
		default:
			texts[i] = t.key + t.operator + t.values[0]
		}
	}
	return strings.Join(texts, ",")
}

// match evaluates the requirements one by one. A pod without the label is not equal to any value and is in no set.
func (s terms) match(labels map[string]string) bool {
	for _, t := range s {
		if !t.match(labels) {
			return false
		}
	}
	return true
}

func (t term) match(labels map[string]string) bool {
	value, has := labels[t.key]
	switch t.operator {
	case "=", "==", "in":
		return has && slices.Contains(t.values, value)
	case "!=", "notin":
		return !has || !slices.Contains(t.values, value)
	case "exists":
		return has
	case "!exists":
		return !has
	}
	bound, _ := strconv.Atoi(t.values[0])
	number, err := strconv.Atoi(value)
	if !has || err != nil {
		return false
	}
	return t.operator == ">" && number > bound || t.operator == "<" && number < bound
}

// says is the same for selectors that differ in spelling alone: in the order of requirements and values, in doubles, and in = for a
// set of one.
func (s terms) says() string {
	var texts []string
	for _, t := range s {
		operator := t.operator
		switch operator {
		case "=", "==":
			operator = "in"
		case "!=":
			operator = "notin"
		}
		values := slices.Clone(t.values)
		slices.Sort(values)
		texts = append(texts, fmt.Sprintf("%q %s %q", t.key, operator, slices.Compact(values)))
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), " and ")
}

// anyLabels and anyTerms are near to each other, so that selectors overlap and pods move between them.
func anyLabels(t *rapid.T) map[string]string {
	set := map[string]string{}
	for _, key := range []string{"app", "tier", "size"} {
		values := map[string][]string{"app": {"web", "web", "api"}, "tier": {"front", "back", ""}, "size": {"2", "3", "4", "big"}}[key]
		if n := rapid.IntRange(-1, len(values)-1).Draw(t, key); n >= 0 {
			set[key] = values[n]
		}
	}
	return set
}

func anyTerms(t *rapid.T) terms {
	term := rapid.Custom(func(t *rapid.T) term {
		operator := rapid.SampledFrom([]string{"=", "==", "!=", "in", "notin", "exists", "!exists", ">", "<"}).Draw(t, "operator")
		if operator == ">" || operator == "<" {
			return term{"size", operator, []string{rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "bound")}}
		}
		key := rapid.SampledFrom([]string{"app", "app", "tier", "size"}).Draw(t, "key")
		values := map[string][]string{"app": {"web", "api"}, "tier": {"front", ""}, "size": {"2", "3"}}[key]
		n := 1
		switch operator {
		case "in", "notin":
			n = 3
		case "exists", "!exists":
			return term{key, operator, nil}
		}
		return term{key, operator, rapid.SliceOfN(rapid.SampledFrom(values), 1, n).Draw(t, "values")}
	})
	return rapid.SliceOfN(term, 0, 2).Draw(t, "selector")
}
