package store

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/labels"
)

// FuzzCanonical: the canonical text of a selector selects the same pods as the selector, is its own canonical text, and depends on no
// order. Two selectors with one text share a group, so that anything else would count the pods of one for the other.
func FuzzCanonical(f *testing.F) {
	for i, seed := range []string{
		"", "app=web", "app==web,tier in (front)", "app in (b,a,,a),!beta", "app notin (b,a), app != a", "app in ()",
		"size>3,size<10", "size>03,size", "a=,a", "example.com/a.b-c_d notin (,)", "!a,a!=x", "a!=x,a", "in in (in,notin)",
	} {
		f.Add(seed, uint64(i*7))
	}
	f.Fuzz(func(t *testing.T, text string, choice uint64) {
		selector, err := labels.Parse(text)
		if err != nil {
			return
		}
		once := canonical(selector)
		again, err := labels.Parse(once)
		if err != nil {
			t.Fatalf("canonical(%q) = %q, which is not a selector: %v", text, once, err)
		}
		if twice := canonical(again); twice != once {
			t.Errorf("canonical(%q) = %q, and its own is %q", text, once, twice)
		}
		requirements, _ := selector.Requirements()
		slices.Reverse(requirements)
		if backwards := canonical(labels.NewSelector().Add(requirements...)); backwards != once {
			t.Errorf("canonical(%q) = %q, and backwards %q", text, once, backwards)
		}
		for range 8 {
			var set labels.Set
			set, choice = chosen(selector, choice)
			if want, got := selector.Matches(set), again.Matches(set); want != got {
				t.Errorf("%q and its canonical %q differ on %q: %v and %v", text, once, set, want, got)
			}
		}
	})
}

// chosen makes labels that are near to what the selector asks for: for each of its keys a value that it names, one beside it, or
// none. It returns the choice for the next set.
func chosen(selector labels.Selector, choice uint64) (labels.Set, uint64) {
	set := labels.Set{}
	requirements, _ := selector.Requirements()
	for i := range requirements {
		values := append(requirements[i].ValuesUnsorted(), "", "0", "5", "other")
		choice = choice*6364136223846793005 + 1442695040888963407 // Knuth's MMIX generator: the same choice, the same sets
		if pick := int(choice >> 33 % uint64(len(values)+1)); pick < len(values) {
			set[requirements[i].Key()] = values[pick]
		}
	}
	return set, choice
}
