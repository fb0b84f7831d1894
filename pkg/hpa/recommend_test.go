package hpa

import (
	"errors"
	"testing"
)

func TestRecommend(t *testing.T) {
	bad, worse := errors.New("no reading counts"), errors.New("unreachable")
	of := func(n int32) Metric { return Metric{Replicas: n} }
	tests := []struct {
		name    string
		spec    int32
		metrics []Metric
		want    Recommendation
		err     string
	}{
		{"the largest", 3, []Metric{of(2), of(5), of(4)}, Recommendation{5, 1}, ""},
		{"of equal ones the first", 3, []Metric{of(2), of(4), of(4)}, Recommendation{4, 1}, ""},
		{"to 0", 3, []Metric{of(0)}, Recommendation{0, 0}, ""},
		{"in only if all say so", 3, []Metric{of(1), of(3)}, Recommendation{3, 1}, ""},
		{"an invalid one does not stop a scale-out", 3, []Metric{{Err: bad}, of(4)}, Recommendation{4, 1}, ""},
		{"nor standing still", 3, []Metric{of(3), {Err: bad}}, Recommendation{3, 0}, ""},
		{"it stops a scale-in", 3, []Metric{of(2), {Err: bad}, {Err: worse}}, Recommendation{},
			"no decision: the valid metrics would scale in to 2, but 2 of 3 are invalid, the first: no reading counts"},
		{"all invalid", 3, []Metric{{Err: bad}, {Err: worse}}, Recommendation{}, "no decision: all 2 metrics are invalid, the first: no reading counts"},
		{"none", 3, nil, Recommendation{}, "the HPA has no metric"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Recommend(test.spec, test.metrics)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if got != test.want || text != test.err {
				t.Errorf("got %+v, %q; want %+v, %q", got, text, test.want, test.err)
			}
		})
	}
}
