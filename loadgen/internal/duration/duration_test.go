package duration

import (
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"60": time.Minute, "0.25": 250 * time.Millisecond, "1e3": 1000 * time.Second, "-1": -time.Second, "0": 0,
		"1h2m3s": time.Hour + 2*time.Minute + 3*time.Second, "5ms": 5 * time.Millisecond,
	} {
		if got, err := Parse(text); got != want || err != nil {
			t.Errorf("%q: got %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "s", "60 s", "NaN", "Inf", "-Inf", "1e300", "9223372037"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%q: got %s, want an error", text, got)
		}
	}
}
