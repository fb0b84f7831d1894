package smoothing

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var epoch = time.Unix(1_800_000_000, 0)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(a)+math.Abs(b)) }

// random returns half-lives, a state, an input and a time that have little in common.
func random(r *rand.Rand) (h HalfLives, s, x float64, dt time.Duration) {
	d := func() time.Duration { return time.Duration(r.Int64N(int64(time.Duration(1) << (1 + r.IntN(45))))) }
	v := func() float64 {
		if r.IntN(5) == 0 {
			return 0
		}
		return math.Pow(10, r.Float64()*40-20)
	}
	return HalfLives{Rise: d(), Fall: d()}, v(), v(), d()
}

func seeded(h HalfLives, s float64) Estimator {
	e := Estimator{HalfLives: h}
	e.Seed(s, epoch)
	return e
}

func TestSplittingAnInterval(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 10000 {
		h, s, x, dt := random(r)
		whole, split := seeded(h, s), seeded(h, s)
		whole.Step(x, epoch.Add(dt))
		for _, part := range []float64{r.Float64() / 2, 0.5, 0.5 + r.Float64()/2, 1} {
			split.Step(x, epoch.Add(time.Duration(part*float64(dt))))
		}
		if math.Abs(whole.Value()-split.Value()) > 1e-9*(s+x) {
			t.Fatalf("%v: %v to %v in %v: %v at once, %v in steps", h, s, x, dt, whole.Value(), split.Value())
		}
	}
}

// TestBetween shows that a step goes towards the input, never beyond it, and so is never NaN or negative.
func TestBetween(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 10000 {
		h, s, x, dt := random(r)
		e := seeded(h, s)
		e.Step(x, epoch.Add(dt))
		slack := 1e-12 * (s + x)
		if got := e.Value(); !(got >= min(s, x)-slack && got <= max(s, x)+slack) || got < 0 {
			t.Fatalf("%v: %v to %v in %v gives %v", h, s, x, dt, got)
		}
	}
}

func TestMonotone(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 10000 {
		h, s, x, dt := random(r)
		_, s2, x2, more := random(r)
		base, fromMore, toMore, later := seeded(h, s), seeded(h, max(s, s2)), seeded(h, s), seeded(h, s)
		at := epoch.Add(dt)
		base.Step(x, at)
		fromMore.Step(x, at)
		toMore.Step(max(x, x2), at)
		later.Step(x, at.Add(more))
		slack := 1e-12 * (s + s2 + x + x2)
		if base.Value() > fromMore.Value()+slack || base.Value() > toMore.Value()+slack {
			t.Fatalf("%v: more gives less: %v, %v, %v", h, base.Value(), fromMore.Value(), toMore.Value())
		}
		if math.Abs(later.Value()-x) > math.Abs(base.Value()-x)+slack {
			t.Fatalf("%v: %v is further from %v than %v", h, later.Value(), x, base.Value())
		}
	}
}

func TestStepsOfAlpha(t *testing.T) {
	const alpha, interval = 0.3, 5 * time.Second
	h, err := FromAlpha(alpha, interval)
	if err != nil {
		t.Fatal(err)
	}
	e, s := seeded(h, 10), 10.0
	for i, x := range []float64{0, 20, 20, 5, 0, 0, 100} {
		e.Step(x, epoch.Add(time.Duration(i+1)*interval))
		s += alpha * (x - s)
		if math.Abs(e.Value()-s) > 1e-6 {
			t.Errorf("step %d: %v, the textbook has %v", i, e.Value(), s)
		}
	}
}

func TestHolds(t *testing.T) {
	var unseeded Estimator
	unseeded.Step(5, epoch)
	if unseeded.Value() != 0 || unseeded.Seeded() {
		t.Errorf("a step before the seed gave %v", unseeded.Value())
	}
	e := seeded(HalfLives{Rise: time.Second, Fall: time.Second}, 10)
	for _, dt := range []time.Duration{0, -1, -time.Hour} {
		e.Step(99, epoch.Add(dt))
	}
	if e.Value() != 10 {
		t.Errorf("time that does not pass moved it to %v", e.Value())
	}
	e.Step(20, epoch.Add(time.Second))
	if !near(e.Value(), 15) {
		t.Errorf("a clock that went back cost time: %v, want 15", e.Value())
	}
}

func TestScaleAddReset(t *testing.T) {
	e := seeded(HalfLives{Rise: time.Second, Fall: 2 * time.Second}, 10)
	e.Scale(1.5)
	e.Add(5)
	if e.Value() != 20 || !e.Seeded() {
		t.Errorf("got %v, want 20", e.Value())
	}
	e.Reset()
	if e.Value() != 0 || e.Seeded() || e.HalfLives.Fall != 2*time.Second {
		t.Errorf("got %+v", e)
	}
}

// TestTrace compares a trace with the one in testdata, which is there to be read.
func TestTrace(t *testing.T) {
	want, err := os.ReadFile("testdata/trace.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	e := Estimator{HalfLives: HalfLives{Rise: 10 * time.Second, Fall: 60 * time.Second}}
	lines := bufio.NewScanner(strings.NewReader(string(want)))
	for lines.Scan() {
		var second, x float64
		if n, _ := fmt.Sscan(lines.Text(), &second, &x); n < 2 {
			fmt.Fprintln(&got, lines.Text())
			continue
		}
		now := epoch.Add(time.Duration(second * float64(time.Second)))
		if !e.Seeded() {
			e.Seed(x, now)
		}
		e.Step(x, now)
		fmt.Fprintf(&got, "%6v %6v %9.3f\n", second, x, e.Value())
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkStep(b *testing.B) {
	e := seeded(HalfLives{Rise: 10 * time.Second, Fall: time.Minute}, 10)
	now := epoch
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		now = now.Add(time.Second)
		e.Step(float64(i%2), now)
	}
}
