package compare

import (
	"math"
	"reflect"
	"testing"

	"userscale.dev/userscale/replay/internal/score"
	"userscale.dev/userscale/replay/internal/timeline"
)

// Every score is mixed, none is forgotten; what is absent from either stays absent.
func TestMix(t *testing.T) {
	all := func(x float64) (s score.Scores) {
		fields := reflect.ValueOf(&s).Elem()
		for i := range fields.NumField() {
			if fields.Field(i).Kind() == reflect.Float64 {
				fields.Field(i).SetFloat(x)
			} else {
				fields.Field(i).Set(reflect.ValueOf(timeline.Known(x)))
			}
		}
		return s
	}
	mixed := mix([]score.Scores{all(10)}, []score.Scores{all(20)}, 0.3)
	for _, m := range score.Measures() {
		if got := m.Of(mixed[0]).Or(-1); math.Abs(got-13) > 1e-9 {
			t.Errorf("%s: got %v", m.Key, got)
		}
	}
	absent := all(20)
	absent.ToCapacity = score.Value{}
	if _, known := mix([]score.Scores{all(10)}, []score.Scores{absent}, 0.3)[0].ToCapacity.Get(); known {
		t.Error("an absent time to capacity became known")
	}
}
