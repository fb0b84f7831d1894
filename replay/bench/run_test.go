package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBusiest(t *testing.T) {
	users := []float64{1, 0, 5, 5, 0, 9, 0}
	for seconds, want := range map[int][]float64{1: {9}, 2: {5, 5}, 3: {5, 0, 9}, 4: {5, 5, 0, 9}, 7: users, 9: users} {
		if diff := cmp.Diff(want, busiest(users, seconds)); diff != "" {
			t.Errorf("%d seconds (-want +got):\n%s", seconds, diff)
		}
	}
}

// The policies are what their names say, and the controls can be made of each.
func TestPolicies(t *testing.T) {
	entries, err := policies(names...)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(names) {
		t.Errorf("got %d policies", len(entries))
	}
}
