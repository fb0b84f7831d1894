package compare

import (
	"errors"
	"math"
	"testing"
)

func TestSeek(t *testing.T) {
	for name, c := range map[string]struct {
		cost func(float64) float64
		want float64 // wanted cost
		note bool
	}{
		"as it is":             {func(f float64) float64 { return 10 / f }, 10, false},
		"cheaper":              {func(f float64) float64 { return 10 / f }, 7, false},
		"dearer":               {func(f float64) float64 { return 10 / f }, 33, false},
		"with pods that stay":  {func(f float64) float64 { return 5 + 5/f }, 7.7, false},
		"steep":                {func(f float64) float64 { return 10 / f / f }, 30, false},
		"in stairs":            {func(f float64) float64 { return math.Ceil(10 / f) }, 12.5, true},
		"below what there is":  {func(f float64) float64 { return max(5, 10/f) }, 3, true},
		"above what there is":  {func(f float64) float64 { return min(20, 10/f) }, 30, true},
		"the end of the range": {func(f float64) float64 { return 10 / f }, 51, true},
	} {
		tries := 0
		got, err := seek(c.want, 1, 12, func(f float64) (float64, error) { tries++; return c.cost(f), nil })
		if err != nil || tries > 12 || got.factor < leastFactor || got.factor > mostFactor {
			t.Errorf("%s: got %+v, %v after %d tries", name, got, err, tries)
		}
		if off := math.Abs(c.cost(got.factor)/c.want - 1); off > CostTolerance != c.note || (got.note != "") != c.note {
			t.Errorf("%s: got %+v, which is off by %.4f", name, got, off)
		}
	}
	broken := errors.New("broken")
	if _, err := seek(1, 1, 12, func(float64) (float64, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
