package profile

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const second = time.Second

// drawn returns some profile of any kind.
func drawn(t *rapid.T) Profile {
	level := rapid.OneOf(rapid.Float64Range(0, 5000), rapid.Just(0.0), rapid.Float64Range(0, 1))
	length := rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.Int64Range(int64(time.Millisecond), int64(20*second)).Draw(t, "ns"))
	})
	var p Profile
	switch rapid.IntRange(0, 5).Draw(t, "form") {
	case 0:
		p = Constant(level.Draw(t, "level"))
	case 1:
		p = Ramp(level.Draw(t, "from"), level.Draw(t, "to"), length.Draw(t, "over"))
	case 2:
		p = Steps(length.Draw(t, "each"), rapid.SliceOfN(level, 1, 8).Draw(t, "levels")...)
	case 3:
		low, high := level.Draw(t, "low"), level.Draw(t, "high")
		p = NewSine(min(low, high), max(low, high), second+length.Draw(t, "period"))
	case 4:
		p = Spike(level.Draw(t, "base"), level.Draw(t, "peak"), length.Draw(t, "at"), length.Draw(t, "length"))
	case 5:
		p = recorded(length.Draw(t, "step"), rapid.SliceOfN(level, 2, 30).Draw(t, "values")...)
	}
	if rapid.Bool().Draw(t, "played") {
		p = Played{Profile: p, Speed: rapid.Float64Range(0.1, 100).Draw(t, "speed"), Scale: rapid.Float64Range(0.1, 10).Draw(t, "scale")}
	}
	return p
}

// The integral is what adding up the level in small steps gives.
func TestIntegralIsOfTheLevel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		to := time.Duration(rapid.Int64Range(0, int64(60*second)).Draw(t, "to"))
		const steps = 20_000
		sum := 0.0
		width := to.Seconds() / steps
		for i := range steps {
			sum += width * p.Level(time.Duration((float64(i)+0.5)*float64(to)/steps))
		}
		// Each of at most 33 jumps may lie anywhere in its step.
		tolerance := (40*width+200e-9)*p.Peak() + 1e-6 // played profiles know times to Speed ns
		if got := p.Integral(to); math.Abs(got-sum) > tolerance {
			t.Errorf("the integral of %+v to %s is %v, in small steps %v ± %v", p, to, got, sum, tolerance)
		}
	})
}

// When is the inverse: up to there the integral is n, and after that it is more.
func TestWhenInverts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		n := float64(rapid.IntRange(0, 100_000).Draw(t, "n"))
		at := p.When(n)
		if at == Never {
			if far := p.Integral(1000 * time.Hour); far > n+1e-6*n {
				t.Errorf("%+v never gets beyond %v, but its integral is %v", p, n, far)
			}
			return
		}
		// Played profiles know times to Speed ns.
		ns := 2 * time.Duration(100)
		slack := p.Peak()*ns.Seconds() + 1e-9*n + 1e-9
		if got := p.Integral(at); math.Abs(got-n) > slack {
			t.Errorf("%+v: integral %v at When(%v) = %s, off by more than %v", p, got, n, at, slack)
		}
		if at > 0 && p.Level(at) == 0 && p.Level(at+ns) == 0 && p.Level(at+time.Millisecond) == 0 {
			t.Errorf("%+v: arrival %v is due at %s, when there is no load", p, n, at)
		}
	})
}

// As many arrivals are due before any end as the integral says, and their times never fall.
func TestArrivalsAreTheIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Played{Profile: drawn(t), Speed: 1, Scale: 0.1}
		end := time.Duration(rapid.Int64Range(0, int64(60*second)).Draw(t, "end"))
		var before time.Duration
		n := 0
		for ; ; n++ {
			at := p.When(float64(n))
			if at < before {
				t.Fatalf("%+v: arrival %d is due at %s, after one at %s", p, n, at, before)
			}
			before = at
			if at >= end {
				break
			}
		}
		if want := p.Integral(end); math.Abs(float64(n)-want) > 1+1e-6 {
			t.Errorf("%+v: %d arrivals before %s, the integral is %v", p, n, end, want)
		}
	})
}

func TestExamples(t *testing.T) {
	trace := recorded(second, 1, 7, 0, 0, 4, 4)
	tests := []struct {
		name     string
		profile  Profile
		at       time.Duration
		level    float64
		integral float64
	}{
		{"constant", Constant(5), 3 * second, 5, 15},
		{"ramp, within", Ramp(10, 30, 10*second), 5 * second, 20, 75},
		{"ramp, after", Ramp(10, 30, 10*second), 20 * second, 30, 500},
		{"steps, at a jump", Steps(2*second, 1, 3, 2), 2 * second, 3, 2},
		{"steps, after", Steps(2*second, 1, 3, 2), 10 * second, 2, 20},
		{"spike, before", Spike(1, 9, 5*second, second), 4 * second, 1, 4},
		{"spike, within", Spike(1, 9, 5*second, second), 5500 * time.Millisecond, 9, 9.5},
		{"spike, after", Spike(1, 9, 5*second, second), 6 * second, 1, 14},
		{"spike at once", Spike(1, 9, 0, second), 2 * second, 1, 10},
		{"sine, start", NewSine(1, 3, 4*second), 0, 2, 0},
		{"sine, highest", NewSine(1, 3, 4*second), second, 3, 2 + 2/math.Pi},
		{"sine, lowest", NewSine(1, 3, 4*second), 3 * second, 1, 6 + 2/math.Pi},
		{"sine, a period", NewSine(1, 3, 4*second), 4 * second, 2, 8},
		{"trace", trace, 1500 * time.Millisecond, 7, 4.5},
		{"trace, its end", trace, 6 * second, 0, 16},
		{"trace, after", trace, 100 * second, 0, 16},
		{"trace, twice as fast, half as high", Played{trace, 2, 0.5}, 750 * time.Millisecond, 3.5, 4.5 / 4},
	}
	for _, test := range tests {
		level, integral := test.profile.Level(test.at), test.profile.Integral(test.at)
		if math.Abs(level-test.level) > 1e-9 || math.Abs(integral-test.integral) > 1e-9 {
			t.Errorf("%s at %s: level %v, integral %v; want %v, %v", test.name, test.at, level, integral, test.level, test.integral)
		}
	}
	if got := trace.When(8); got != 4*second {
		t.Errorf("after 8 arrivals the trace pauses, and the next is due at %s, want 4s", got)
	}
	if got := trace.When(16); got != Never {
		t.Errorf("arrival 16 of 16 is due at %s, want never", got)
	}
	if got := (Played{trace, 2, 0.5}).Length(); got != 3*second {
		t.Errorf("played twice as fast the trace lasts %s, want 3s", got)
	}
}

func TestMean(t *testing.T) {
	ramp, end := Ramp(0, 10, 10*second), 9500*time.Millisecond
	for _, test := range []struct {
		from, to time.Duration
		want     float64
	}{
		{0, second, 0.5},
		{9 * second, 10 * second, (9 + 9.5) / 2 * 0.5}, // half of this second is over when the load ends
		{10 * second, 11 * second, 0},
		{3 * second, 3 * second, 0},
	} {
		if got := Mean(ramp, test.from, test.to, end); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("mean from %s to %s is %v, want %v", test.from, test.to, got, test.want)
		}
	}
}

func BenchmarkWhen(b *testing.B) {
	levels := make([]float64, 3600)
	for i := range levels {
		levels[i] = float64(i % 17)
	}
	trace := recorded(second, levels...)
	for name, p := range map[string]Profile{"constant": Constant(5000), "ramp": Ramp(0, 5000, 30*second), "sine": NewSine(0, 5000, 10*second), "trace": trace} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0.0
			for b.Loop() {
				p.When(n)
				n++
			}
		})
	}
}
