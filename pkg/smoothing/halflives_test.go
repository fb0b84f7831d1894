package smoothing

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestFromAlpha(t *testing.T) {
	for _, test := range []struct {
		alpha    float64
		interval time.Duration
		half     time.Duration
		err      string
	}{
		{0.5, 5 * time.Second, 5 * time.Second, ""},
		{0.75, 5 * time.Second, 2500 * time.Millisecond, ""},
		{1 - math.Sqrt(0.5), 5 * time.Second, 10 * time.Second, ""},
		{1, 5 * time.Second, 0, ""},
		{0, 5 * time.Second, 0, "alpha: 0 is not in (0, 1]"},
		{-0.1, 5 * time.Second, 0, "alpha: -0.1 is not in (0, 1]"},
		{1.1, 5 * time.Second, 0, "alpha: 1.1 is not in (0, 1]"},
		{math.NaN(), 5 * time.Second, 0, "alpha: NaN is not in (0, 1]"},
		{0.5, 0, 0, "interval: 0s is not positive"},
		{1e-300, time.Second, 0, "alpha: 1e-300 per 1s is a half-life of more than 292 years"},
	} {
		got, err := FromAlpha(test.alpha, test.interval)
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("FromAlpha(%v, %v): %v, want %q", test.alpha, test.interval, err, test.err)
		}
		if want := (HalfLives{Rise: test.half, Fall: test.half}); got != want {
			t.Errorf("FromAlpha(%v, %v) = %v, want %v", test.alpha, test.interval, got, want)
		}
	}
}

// TestAlphaAndBack shows that the two ways to say it are the same, for any interval.
func TestAlphaAndBack(t *testing.T) {
	for _, interval := range []time.Duration{time.Second, 5 * time.Second, time.Minute} {
		for alpha := 0.001; alpha <= 1; alpha += 0.001 {
			h, err := FromAlpha(alpha, interval)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.Alpha(interval); math.Abs(got-alpha) > 1e-6 {
				t.Errorf("alpha %v per %v is %v, and back %v", alpha, interval, h, got)
			}
			if got, want := h.Alpha(3*interval), 1-(1-alpha)*(1-alpha)*(1-alpha); math.Abs(got-want) > 1e-6 {
				t.Errorf("alpha %v: three intervals weigh %v, want %v", alpha, got, want)
			}
		}
	}
}

func TestWindow(t *testing.T) {
	for _, test := range []struct {
		half HalfLives
		want time.Duration
	}{
		{HalfLives{}, Reference},
		{HalfLives{Rise: 5 * time.Second, Fall: 5 * time.Second}, 15 * time.Second}, // alpha 0.5
		{HalfLives{Rise: 10 * time.Second, Fall: time.Minute}, 173 * time.Second},
		{HalfLives{Rise: time.Minute, Fall: 10 * time.Second}, 173 * time.Second},
		{HalfLives{Fall: time.Minute}, 173 * time.Second},
	} {
		if got := test.half.Window().Round(time.Second); got != test.want {
			t.Errorf("the window of %v is %v, want %v", test.half, got, test.want)
		}
	}
}
