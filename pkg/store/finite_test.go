package store

import (
	"fmt"
	"math"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"
)

// TestFinite brings values from the smallest to the largest that a number can have, in the range that a total must keep to.
func TestFinite(t *testing.T) {
	values := []float64{0, math.Copysign(0, -1), math.SmallestNonzeroFloat64, 1e-300, 1e-9, 1, 1e9, 1e14}
	rapid.Check(t, func(t *rapid.T) {
		m := asked(t)
		m.Max = 1e14
		f := newFleet(m)
		for i := range 4 {
			f.run(fmt.Sprint("pod-", i))
		}
		for range rapid.IntRange(1, 30).Draw(t, "ticks") {
			var silent []types.UID
			for _, uid := range f.uids() {
				f.load[uid] = rapid.SampledFrom(values).Draw(t, "value")
				if rapid.Bool().Draw(t, "silent") {
					silent = append(silent, uid)
				}
			}
			f.tick(time.Duration(rapid.IntRange(1, 15).Draw(t, "seconds"))*time.Second, silent...)
			got, err := f.Group(f.now, "users", web.Namespace, selector("app=web"))
			if s := f.s(); math.IsNaN(s) || s < 0 || s > 1e15 {
				t.Fatalf("S is %v", s)
			}
			sum := int64(0)
			for _, v := range got {
				if sum += v.Milli; v.Milli < 0 {
					t.Fatalf("served %+v", got)
				}
			}
			if err == nil && sum != int64(math.Round(f.s()*1000)) {
				t.Fatalf("%+v sum to %d, S is %v", got, sum, f.s())
			}
		}
	})
}
