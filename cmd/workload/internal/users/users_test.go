package users

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestIntegral compares the integral with the sum of what each user spent, for users who come and go at random.
func TestIntegral(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			tracker := New()
			var entered []time.Time // of the users who are still there
			var spent time.Duration // by the users who left
			for range 500 {
				time.Sleep(time.Duration(random.Int64N(int64(3 * time.Second))))
				switch {
				case random.IntN(10) == 0:
					tracker.Read() // reading changes nothing
				case len(entered) > 0 && random.IntN(2) == 0:
					i := random.IntN(len(entered))
					spent += time.Since(entered[i])
					entered = append(entered[:i], entered[i+1:]...)
					tracker.Leave()
				default:
					entered = append(entered, time.Now())
					tracker.Enter()
				}
				want := spent
				for _, e := range entered {
					want += time.Since(e)
				}
				active, got := tracker.Read()
				if active != len(entered) || active != tracker.Active() {
					t.Fatalf("active = %d, want %d", active, len(entered))
				}
				if math.Abs(got-want.Seconds()) > 1e-9*want.Seconds() {
					t.Fatalf("user-seconds = %v, want %v", got, want.Seconds())
				}
			}
		})
	}
}

func TestNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := New()
		time.Sleep(time.Hour)
		if active, seconds := tracker.Read(); active != 0 || seconds != 0 {
			t.Errorf("Read() = %d, %v, want nothing", active, seconds)
		}
	})
}

// TestLongRun has more user-time than fits into a time.Duration.
func TestLongRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := New()
		const many, days = 10_000, 365
		for range many {
			tracker.Enter()
		}
		for range days {
			time.Sleep(24 * time.Hour)
			tracker.Read()
		}
		if _, seconds := tracker.Read(); seconds != many*days*24*3600 {
			t.Errorf("user-seconds = %v, want %v", seconds, many*days*24*3600)
		}
	})
}

func TestConcurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := New()
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				tracker.Enter()
				defer tracker.Leave()
				tracker.Read()
				time.Sleep(time.Second)
			})
		}
		wg.Wait()
		if active, seconds := tracker.Read(); active != 0 || seconds != 100 {
			t.Errorf("Read() = %d, %v, want 0, 100", active, seconds)
		}
	})
}

func BenchmarkEnterLeave(b *testing.B) {
	tracker := New()
	b.ReportAllocs()
	for b.Loop() {
		tracker.Enter()
		tracker.Leave()
	}
}
