package simulate

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

func TestLost(t *testing.T) {
	c := newChance(1)
	for _, share := range []float64{0, 0.01, 0.3, 1} {
		const draws = 100_000
		lost := 0
		for i := range uint64(draws) {
			if c.lost(share, i%20, i/20) {
				lost++
			}
		}
		if got := float64(lost) / draws; math.Abs(got-share) > 5*math.Sqrt(share*(1-share)/draws) {
			t.Errorf("share %g: %g lost", share, got)
		}
	}
}

func TestNoise(t *testing.T) {
	c := newChance(1)
	const draws, lambda = 20_000, 7.5
	sum, squares := 0.0, 0.0
	for range draws {
		x := c.noisy(lambda)
		sum += x
		squares += x * x
	}
	mean := sum / draws
	if variance := squares/draws - mean*mean; math.Abs(mean-lambda) > 0.1 || math.Abs(variance-lambda) > 0.4 {
		t.Errorf("mean %g, variance %g: want %g", mean, variance, lambda)
	}
	if x := c.noisy(0); x != 0 {
		t.Errorf("%g users of a mean of 0", x)
	}
}

// What one purpose draws has no part in what another gets: policies with the same seed meet the same users.
func TestNoiseIsOfItsOwn(t *testing.T) {
	a, b := newChance(3), newChance(3)
	for range 100 {
		b.phase(time.Second)
		b.lost(0.5, 1, 1)
		if x, y := a.noisy(50), b.noisy(50); x != y {
			t.Fatalf("%g and %g", x, y)
		}
	}
}

func TestPhase(t *testing.T) {
	c := newChance(1)
	for range 1000 {
		if p := c.phase(time.Second); p < 0 || p >= time.Second || p%time.Millisecond != 0 {
			t.Fatal(p)
		}
	}
	if p := c.phase(time.Microsecond); p != 0 {
		t.Error(p)
	}
}

func TestAgenda(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a agenda
		var did []string
		start := time.Now()
		note := func(what string) func(time.Time) {
			return func(now time.Time) {
				if !now.Equal(time.Now()) {
					t.Errorf("%s at %v, which is not now, %v", what, now, time.Now())
				}
				did = append(did, what+now.Sub(start).String())
			}
		}
		a.every(start.Add(time.Second), 2*time.Second, note("a"))
		a.add(start.Add(3*time.Second), note("b")) // made before a's next
		a.add(start.Add(3*time.Second), note("c"))
		a.run(func() bool { return len(did) < 5 })
		want := []string{"a1s", "b3s", "c3s", "a3s", "a5s"}
		for i := range want {
			if did[i] != want[i] {
				t.Fatalf("%v, want %v", did, want)
			}
		}
	})
}
