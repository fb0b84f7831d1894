package store

import (
	"testing"

	"k8s.io/apimachinery/pkg/labels"
)

func TestCanonical(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""},
		{"app=web", "app=web"},
		{"app==web", "app=web"},
		{"app in (web)", "app=web"},
		{"app!=web", "app!=web"},
		{"app notin (web)", "app!=web"},
		{"tier=front,app=web", "app=web,tier=front"},
		{"app=web,app in (web)", "app=web"},
		{"app in (b,a)", "app in (a,b)"},
		{"app notin (b,a)", "app notin (a,b)"},
		{"!beta,app", "!beta,app"},
		{"size>3", "size>3"},
	} {
		if got := canonical(selector(test.in)); got != test.want {
			t.Errorf("canonical(%q) = %q, want %q", test.in, got, test.want)
		}
	}
	if got := canonical(labels.Nothing()); got == canonical(labels.Everything()) {
		t.Errorf("nothing and everything are both %q", got)
	}
}
