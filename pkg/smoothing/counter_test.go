package smoothing

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// reading is what a counter was read to be, with a time in milliseconds.
type reading struct {
	value float64
	at    int
}

func (r reading) time() time.Time { return epoch.Add(time.Duration(r.at) * time.Millisecond) }

// wantRate is Rate without state: it looks through all readings so far for the one that the last is compared with.
func wantRate(readings []reading, maxGap int) (rate float64, ok bool) {
	var last *reading
	var latest bool // the one under judgement was taken
	for i := range readings {
		r := &readings[i]
		latest, rate, ok = false, 0, false
		if math.IsNaN(r.value) || math.IsInf(r.value, 0) || r.value < 0 {
			continue
		}
		if last != nil && r.at <= last.at && last.at-r.at <= maxGap {
			continue
		}
		latest = true
		if last != nil && r.at > last.at && r.at-last.at <= maxGap && r.value >= last.value {
			rate = (r.value - last.value) / (float64(r.at-last.at) / 1000)
			ok = !math.IsInf(rate, 0)
		}
		last = r
	}
	if !ok || !latest {
		return 0, false
	}
	return rate, true
}

func TestCounterAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		maxGap := rapid.IntRange(1, 20_000).Draw(t, "MaxGap")
		c := Counter{MaxGap: time.Duration(maxGap) * time.Millisecond}
		values := rapid.OneOf(rapid.Float64Range(0, 10), loads,
			rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, math.MaxFloat64}))
		var readings []reading
		now := 0
		for range rapid.IntRange(1, 50).Draw(t, "readings") {
			now += rapid.OneOf(rapid.IntRange(1, 1000), rapid.IntRange(-50_000, 50_000)).Draw(t, "elapsed")
			r := reading{values.Draw(t, "value"), now}
			readings = append(readings, r)
			got, ok := c.Rate(r.value, r.time())
			want, wantOK := wantRate(readings, maxGap)
			if ok != wantOK || math.Abs(got-want) > 1e-9*(1+want) {
				t.Fatalf("reading %v: %v, %v, want %v, %v", r, got, ok, want, wantOK)
			}
			if !(got >= 0) || math.IsInf(got, 0) || !ok && got != 0 {
				t.Fatalf("reading %v: %v, %v", r, got, ok)
			}
		}
	})
}

// TestRatesSumToTheCount: no increase is lost and none is counted twice, whatever arrives twice, late or out of order.
func TestRatesSumToTheCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Counter
		count, counted, restarted := 0.0, 0.0, 0.0 // restarted: at the first reading, or the first after a reset
		now, last := 0, 0
		var sent []reading
		for range rapid.IntRange(2, 100).Draw(t, "readings") {
			now += rapid.IntRange(1, 100_000).Draw(t, "elapsed")
			if count > 1 && rapid.IntRange(0, 9).Draw(t, "reset") == 0 {
				count *= rapid.Float64Range(0, 0.9).Draw(t, "since")
				restarted, counted = count, 0
			} else {
				count += rapid.Float64Range(0, 1000).Draw(t, "increase")
			}
			if len(sent) == 0 {
				restarted = count
			}
			sent = append(sent, reading{count, now})
			if rate, ok := c.Rate(count, sent[len(sent)-1].time()); ok {
				counted += rate * float64(now-last) / 1000
			}
			last = now
			again := rapid.SampledFrom(sent).Draw(t, "again")
			if rate, ok := c.Rate(again.value, again.time()); ok {
				t.Fatalf("reading %v again gives %v", again, rate)
			}
			if math.Abs(counted-(count-restarted)) > 1e-9*(1+count) {
				t.Fatalf("at %d ms: counted %v since the reset at %v, want %v", now, counted, restarted, count-restarted)
			}
		}
	})
}

// TestRateIsTheMean of the gauge whose integral the counter is, even of a spike that begins and ends between two readings.
func TestRateIsTheMean(t *testing.T) {
	c := Counter{MaxGap: time.Minute}
	c.Rate(0, epoch)
	const users, spike, spikeSeconds, gap = 10, 1000, 0.5, 5
	integral := float64(users*gap) + (spike-users)*spikeSeconds
	if got, ok := c.Rate(integral, epoch.Add(gap*time.Second)); !ok || !near(got, 109) {
		t.Errorf("got %v, %v, want the mean, 109", got, ok)
	}
}
