package workload

import (
	"math"
	"testing"
	"time"
)

var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }

func slow() Config {
	return Config{Start: 20 * time.Second, Pending: 5 * time.Second, Drain: 30 * time.Second, Capacity: 10, IdleCPU: 5, UserCPU: 10, UserGPU: 9}
}

// states counts the pods at a moment.
func states(w *Workload, now time.Time) (pending, starting, ready, leaving int) {
	for _, p := range w.Pods() {
		switch {
		case p.Deleting():
			leaving++
		case p.IsReady(now):
			ready++
		case p.IsRunning(now):
			starting++
		default:
			pending++
		}
	}
	return pending, starting, ready, leaving
}

func wantStates(t *testing.T, w *Workload, seconds float64, want [4]int) {
	t.Helper()
	w.Advance(at(seconds))
	a, b, c, d := states(w, at(seconds))
	if got := [4]int{a, b, c, d}; got != want {
		t.Errorf("at %g: %v pending, starting, ready and leaving: want %v", seconds, got, want)
	}
}

func TestLife(t *testing.T) {
	w := New(slow(), start, 2)
	wantStates(t, w, 0, [4]int{0, 0, 2, 0})
	w.Scale(at(10), 3)
	wantStates(t, w, 14.999, [4]int{1, 0, 2, 0})
	wantStates(t, w, 15, [4]int{0, 1, 2, 0})
	wantStates(t, w, 29.999, [4]int{0, 1, 2, 0})
	wantStates(t, w, 30, [4]int{0, 0, 3, 0})
	w.Scale(at(40), 1)
	wantStates(t, w, 40, [4]int{0, 0, 1, 2})
	wantStates(t, w, 69.999, [4]int{0, 0, 1, 2})
	wantStates(t, w, 70, [4]int{0, 0, 1, 0})
	if w.Created() != 3 || w.Pods()[0].Ordinal != 0 {
		t.Errorf("%d created, left is %d: want 3, the oldest", w.Created(), w.Pods()[0].Ordinal)
	}
}

// Whoever has not begun leaves first, and at once.
func TestStartingPodsLeaveFirst(t *testing.T) {
	w := New(slow(), start, 2)
	w.Scale(at(0), 4)
	w.Scale(at(1), 3)
	wantStates(t, w, 1.001, [4]int{1, 0, 2, 0})
	if p := w.Pods()[2]; p.Ordinal != 2 {
		t.Errorf("pod %d is left: want 2, the older one", p.Ordinal)
	}
}

func TestUsers(t *testing.T) {
	w := New(slow(), start, 2)
	w.Demand(at(0), 24)
	if p := w.Pods(); p[0].Users != 12 || p[1].Users != 12 || w.Served() != 20 {
		t.Errorf("%g and %g users, %g served: want 12 and 12, 20", p[0].Users, p[1].Users, w.Served())
	}
	w.Scale(at(1), 1) // the younger pod keeps its users while it drains
	if p := w.Pods(); p[0].Users != 12 || p[1].Users != 12 {
		t.Errorf("%g and %g users while one drains: want 12 and 12", p[0].Users, p[1].Users)
	}
	w.Demand(at(2), 30)
	if p := w.Pods(); p[0].Users != 18 || p[1].Users != 12 {
		t.Errorf("%g and %g users: want the new ones on the pod that stays", p[0].Users, p[1].Users)
	}
	w.Demand(at(3), 6)
	if p := w.Pods(); p[0].Users != 0 || p[1].Users != 6 {
		t.Errorf("%g and %g users: want 0 and the 6 that are left of 12", p[0].Users, p[1].Users)
	}
	w.Demand(at(32), 6)
	if p := w.Pods(); len(p) != 1 || p[0].Users != 6 {
		t.Errorf("%d pods, %g users: want all on the last", len(p), p[0].Users)
	}
}

// Without a ready pod nobody is served.
func TestNobodyReady(t *testing.T) {
	w := New(slow(), start, 0)
	w.Demand(at(0), 5)
	w.Scale(at(0), 1)
	if w.Served() != 0 {
		t.Errorf("%g served by a pod that starts", w.Served())
	}
	w.Advance(at(20))
	if w.Served() != 5 {
		t.Errorf("%g served, want 5", w.Served())
	}
}

func TestUse(t *testing.T) {
	w := New(slow(), start, 1)
	w.Demand(at(0), 8)
	p := w.Pods()[0]
	if w.CPU(p) != 85 || w.GPU(p) != 72 {
		t.Errorf("%g millicores and %g %% with 8 users: want 85 and 72", w.CPU(p), w.GPU(p))
	}
	w.Demand(at(10), 20) // of whom 10 are served
	if w.CPU(p) != 105 || w.GPU(p) != 90 {
		t.Errorf("%g millicores and %g %%: want 105 and 90", w.CPU(p), w.GPU(p))
	}
	w.Settle(at(20))
	if math.Abs(p.CPUSeconds-1.9) > 1e-9 || math.Abs(p.UserSeconds-280) > 1e-9 {
		t.Errorf("%g core-seconds, %g user-seconds: want 10·0.085 + 10·0.105 and 10·8 + 10·20", p.CPUSeconds, p.UserSeconds)
	}
}

// One pod more at a time, and never one fewer that is ready.
func TestRollingUpdate(t *testing.T) {
	w := New(slow(), start, 3)
	w.Roll(at(0))
	for s := 0.0; s < 120; s++ {
		w.Advance(at(s))
		pending, starting, ready, leaving := states(w, at(s))
		if ready < 3 || pending+starting+ready > 4 {
			t.Fatalf("at %g: %d pending, %d starting, %d ready, %d leaving", s, pending, starting, ready, leaving)
		}
	}
	wantStates(t, w, 120, [4]int{0, 0, 3, 0})
	for _, p := range w.Pods() {
		if p.Generation != 1 {
			t.Errorf("pod %d is of generation %d", p.Ordinal, p.Generation)
		}
	}
	if w.Created() != 6 {
		t.Errorf("%d created, want 6", w.Created())
	}
}

// A scale-out in the middle of it, and a scale-in, end with what is wanted.
func TestScaleWhileRolling(t *testing.T) {
	for _, desired := range []int{1, 5} {
		w := New(slow(), start, 3)
		w.Roll(at(0))
		w.Scale(at(25), desired)
		for s := 25.0; s < 300; s++ {
			w.Advance(at(s))
		}
		wantStates(t, w, 300, [4]int{0, 0, desired, 0})
		if w.rolling() {
			t.Errorf("%d pods: still rolling", desired)
		}
	}
}
