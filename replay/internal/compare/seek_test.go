package compare

import (
	"errors"
	"math"
	"testing"
)

// On any cost that falls as the target rises, seek finds two neighbours that cost what is wanted together, or the end of the ladder.
func TestSeek(t *testing.T) {
	for name, c := range map[string]struct {
		cost  func(factor float64) float64
		want  float64
		tries int
		off   bool
	}{
		"as it is":            {func(f float64) float64 { return 10 / f }, 10, 1, false},
		"cheaper":             {func(f float64) float64 { return 10 / f }, 7, 4, false},
		"dearer":              {func(f float64) float64 { return 10 / f }, 33, 4, false},
		"with pods that stay": {func(f float64) float64 { return 5 + 5/f }, 7.7, 8, false},
		"steep":               {func(f float64) float64 { return 10 / f / f }, 30, 8, false},
		"in stairs":           {func(f float64) float64 { return math.Ceil(10 / f) }, 12.5, 8, false},
		"a cliff":             {func(f float64) float64 { return map[bool]float64{true: 40, false: 2}[f < 3] }, 3, 12, false},
		"at the lower bound":  {func(f float64) float64 { return max(5, 10/f) }, 5, 6, false},
		"at the upper bound":  {func(f float64) float64 { return min(20, 10/f) }, 20, 6, false},
		"below what there is": {func(f float64) float64 { return max(5, 10/f) }, 3, 14, true},
		"above what there is": {func(f float64) float64 { return min(20, 10/f) }, 30, 14, true},
	} {
		t.Run(name, func(t *testing.T) {
			tries := 0
			at := func(rung int) float64 { return c.cost(factorOf(rung)) }
			got, err := seek(c.want, 0, func(rung int) (float64, error) { tries++; return at(rung), nil })
			if err != nil || tries > c.tries || got.share < 0 || got.share >= 1 {
				t.Errorf("got %+v, %v after %d tries", got, err, tries)
			}
			cost := at(got.rung)
			if got.share > 0 {
				cost = (1-got.share)*cost + got.share*at(got.rung+1)
			}
			if off := cost/c.want - 1; math.Abs(off-got.off) > 1e-6 || (got.off != 0) != c.off {
				t.Errorf("got %+v, which is off by %.4f", got, off)
			}
		})
	}
}

func TestSeekFails(t *testing.T) {
	broken := errors.New("broken")
	if _, err := seek(1, 1, func(int) (float64, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
