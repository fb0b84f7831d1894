package alarm

import (
	"context"
	"testing"
	"time"
)

func both(ctx context.Context) map[string]*Alarm {
	return map[string]*Alarm{"the system's": New(ctx), "Go's": {ctx, goTimer{ctx.Done()}}}
}

func TestWaitIsNeverTooShort(t *testing.T) {
	for name, alarm := range both(t.Context()) {
		defer alarm.Close()
		for _, d := range []time.Duration{-time.Second, 0, 1, 50 * time.Microsecond, 3 * time.Millisecond} {
			until := time.Now().Add(d)
			if !alarm.Wait(until) || time.Now().Before(until) {
				t.Errorf("%s: wait of %s ended %s too early", name, d, time.Until(until))
			}
		}
	}
}

func TestWaitEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for name, alarm := range both(ctx) {
		defer alarm.Close()
		time.AfterFunc(10*time.Millisecond, cancel)
		if alarm.Wait(time.Now().Add(time.Hour)) || alarm.Wait(time.Now().Add(-time.Hour)) {
			t.Errorf("%s: waited although it was told not to", name)
		}
	}
}

// BenchmarkWait shows how late waits are that come as close together as 5,000 arrivals per second.
func BenchmarkWait(b *testing.B) {
	for name, alarm := range both(b.Context()) {
		b.Run(name, func(b *testing.B) {
			defer alarm.Close()
			b.ReportAllocs()
			late := time.Duration(0)
			for b.Loop() {
				until := time.Now().Add(200 * time.Microsecond)
				alarm.Wait(until)
				late += time.Since(until)
			}
			b.ReportMetric(late.Seconds()*1e6/float64(b.N), "µs-late/op")
		})
	}
}
