package smoothing

import (
	"testing"
	"time"
)

func BenchmarkStep(b *testing.B) {
	e := seeded(HalfLives{Rise: 10 * time.Second, Fall: time.Minute}, 10)
	now := epoch
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		now = now.Add(time.Second)
		e.Step(float64(i%2), now)
	}
}

func BenchmarkRate(b *testing.B) {
	c := Counter{MaxGap: time.Minute}
	now := epoch
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		now = now.Add(time.Second)
		c.Rate(float64(i), now)
	}
}
