package store

import (
	"testing"
	"time"
)

// TestGroupTotal goes through the rules: what moves the raw total X, and what happens to the smoothed total S. A tick of 10 s is one
// half-life.
func TestGroupTotal(t *testing.T) {
	for _, test := range []struct{ name, script string }{
		{"seeded with the first total, not from 0", `
			run a b
			total 0 0 0 0
			tick 1s a=10 b=30
			total 40 40 2 0
			read a=10 b=30`},
		{"steps half way in a half-life", `
			run a
			tick 1s a=10
			tick 10s a=30
			total 30 20 1 0
			tick 10s a=0
			total 0 10 1 0
			read a=10`},
		{"reading changes nothing, however often", `
			run a
			tick 1s a=0
			wait 9s
			read a=0
			total 0 0 1 0
			tick 1s a=100 # 10 s after the tick before
			total 100 50 1 0`},
		{"parts are in proportion to the last values", `
			run a b c
			tick 1s a=10 b=10 c=0
			tick 10s a=10 b=30 c=0
			total 40 30 3 0
			read a=7.5 b=22.5 c=0`},
		{"parts are even where all values are 0", `
			run a b c
			tick 1s a=20 b=0 c=0
			tick 10s a=0 b=0 c=0
			total 0 10 3 0
			read a=3.334 b=3.333 c=3.333`},
		{"a failed scrape holds the value until maxAge", `
			run a b
			tick 1s a=10 b=30
			tick 15s a=10 b=timeout
			total 40 40 2 0
			tick 1s a=10 b=timeout
			total 10 10 1 0
			read a=10`},
		{"maxAge holds at the moment of reading, without any collection", `
			run a b
			tick 1s a=10 b=30
			tick 10s a=10
			wait 5s
			read a=10 b=30
			wait 1ms
			read a=10
			total 10 10 1 0`},
		{"a stale pod takes its part of S along and brings it back: S lags behind X", `
			run a b
			tick 1s a=10 b=10
			tick 10s a=30 b=10
			total 40 30 2 0
			tick 10s a=30 b=timeout
			total 40 35 2 0
			wait 6s
			total 30 26.25 1 0
			tick 1ns a=30 b=10
			total 40 36.701 2 0 # 35, and then 6 s towards 40`},
		{"several at once: S keeps its ratio to X", `
			run a b c d
			tick 1s a=10 b=20 c=30 d=40
			tick 10s a=20 b=40 c=60 d=80
			total 200 150 4 0
			tick 10s a=20 b=40
			wait 6s
			total 60 52.5 2 0
			tick 1ns a=20 b=40 c=60 d=80
			total 200 183.506 4 0 # 175, and then 6 s towards 200`},
		{"a pod that returns to others that became idle brings back no more than it has or took", `
			run a b
			tick 1s a=50 b=10
			tick 10s a=50 b=timeout
			tick 6s a=1 b=timeout
			total 1 33.328 1 0 # b took 10 of 60 along, and then 6 s from 50 towards 1
			tick 1ns a=1 b=10
			total 11 43.328 2 0 # not 33.328·11/1`},
		{"all stale at once is not 0 but nothing, and the first to return seed anew", `
			run a b
			tick 1s a=10 b=10
			tick 10s a=30 b=30
			total 60 40 2 0
			wait 16s
			read none
			tick 100s a=timeout b=timeout
			read none
			tick 1s a=20 b=timeout
			total 20 20 1 0
			tick 1s a=20 b=20
			total 40 40 2 0`},
		{"all stale, and then only a new pod reports", `
			run a
			tick 1s a=10
			wait 16s
			read none
			run b
			tick 1s b=5
			total 5 5 1 0
			tick 1s b=5 a=10
			total 15 15 2 0`},
		{"back by addition where X is 0", `
			run a b
			tick 1s a=10 b=0
			tick 10s a=timeout b=0
			tick 6s a=timeout b=0
			total 0 0 1 0
			tick 1s a=10 b=0
			total 10 10 2 0`},
		{"back by addition where X is 0 and S is not: several at once", `
			run a b c
			tick 1s a=1 b=100 c=40
			tick 10s b=timeout c=40
			tick 6s c=0
			total 0 ? 1 0
			tick 1ns c=0
			total 0 26.39 1 0
			tick 1ns a=1 b=100 c=0
			total 101 127.39 3 0`},
		{"stale where X is 0: the parts are even, as served", `
			run a b
			tick 1s a=10 b=10
			tick 10s a=0 b=0
			total 0 10 2 0
			read a=5 b=5
			tick 1ns a=0
			wait 15s
			read a=5`},
		{"there before the group was seeded, reports late: coverage", `
			run a b
			tick 1s a=10 b=timeout
			total 10 10 1 0
			tick 1s a=10 b=30
			total 40 40 2 0`},
		{"pending when the group was seeded: load that moves", `
			run a
			pend b
			tick 1s a=20
			run b
			tick 10s a=10 b=10
			total 20 20 2 0
			tick 10s a=10 b=30
			total 40 30 2 0`},
		{"a new pod's first sample: load that moves", `
			run a
			tick 1s a=20
			run b
			tick 10s a=10 b=10
			total 20 20 2 0
			read a=10 b=10
			run c
			tick 10s a=10 b=10 c=20
			total 40 30 3 0`},
		{"a new pod and one that returns, at once", `
			run a b
			tick 1s a=50 b=50
			tick 10s a=50 b=timeout
			tick 6s a=50 b=timeout
			total 50 50 1 0
			run c
			tick 1ns a=25 b=50 c=25 # half of a's moved to c
			total 100 100 3 0`},
		{"a deleted pod: load that moves", `
			run a b
			tick 1s a=10 b=10
			gone b
			total 10 20 1 0
			read a=20
			tick 10s a=10
			total 10 15 1 0`},
		{"a finished pod: load that moves", `
			run a b
			tick 1s a=10 b=10
			finish b
			total 10 20 1 0
			tick 10s a=20
			total 20 20 1 0`},
		{"labels that no longer match: load that moves, and again when they do", `
			run a b
			tick 1s a=10 b=10
			relabel b
			total 10 20 1 0
			run b
			total 20 20 2 0`},
		{"a departing pod counts in X and is not served", `
			run a b
			tick 1s a=10 b=10
			leave b
			total 20 20 1 1
			read a=20
			tick 10s a=10 b=5
			total 15 17.5 1 1
			read a=17.5`},
		{"a departing pod's value is not held: failed scrape", `
			run a b
			tick 1s a=10 b=10
			leave b
			tick 10s a=10 b=connection
			total 10 15 1 0
			tick 1ns a=10 b=10 # too late
			total 10 15 1 0`},
		{"a departing pod's value is not held: left out of a query's answer", `
			run a b
			tick 1s a=10 b=10
			leave b
			tick 10s a=10
			total 10 15 1 0`},
		{"a departing pod's value is not held: out of range", `
			run a b
			tick 1s a=10 b=10
			leave b
			tick 10s a=10 b=-1
			total 10 15 1 0`},
		{"a departing pod's value is not held: it was held already", `
			run a b
			tick 1s a=10 b=10
			tick 1s a=10 b=timeout
			total 20 20 2 0
			leave b
			total 10 20 1 0`},
		{"a departing pod that was never asked may still answer", `
			run a
			tick 1s a=10
			leave b
			tick 1s a=10 b=10
			total 20 ? 1 1`},
		{"a collection that failed as a whole: only time goes on", `
			run a b
			tick 1s a=10 b=10
			leave b
			tick 1ns a=30 b=10
			broken 10s
			total 40 30 1 1
			broken 6s
			total 0 ? 0 0
			read none`},
		{"only departing pods: nothing to serve", `
			run a
			tick 1s a=10
			leave a
			tick 1s a=10
			total 10 10 0 1
			read none`},
		{"to zero and back: S falls meanwhile", `
			run a
			tick 1s a=20
			gone a
			tick 10s
			total 0 10 0 0
			run b
			tick 1ns b=5
			total 5 10 1 0`},
		{"stale, then being deleted, then answers: coverage", `
			run a b
			tick 1s a=10 b=10
			tick 10s a=10 b=timeout
			tick 6s a=10 b=timeout
			leave b
			total 10 10 1 0
			tick 1ns a=10 b=timeout
			tick 1ns a=10 b=10
			total 10 10 1 0`},
		{"stale, then deleted: its part is gone already", `
			run a b
			tick 1s a=10 b=10
			tick 10s a=10 b=timeout
			tick 6s a=10 b=timeout
			gone b
			total 10 10 1 0`},
		{"a gap longer than maxAge loses and regains, whether or not somebody asked in between", `
			run a b
			tick 1s a=10 b=10
			tick 10s a=30 b=30
			total 60 40 2 0
			tick 16s a=20 b=20
			total 40 40 2 0`},
	} {
		t.Run(test.name, func(t *testing.T) { newWorld(t, users()).play(test.script) })
	}
}

// TestAskedOrNot plays one history twice, with and without readers, which must not change it.
func TestAskedOrNot(t *testing.T) {
	const history = `
		run a b c
		tick 1s a=10 b=20 c=0
		%[1]s
		tick 5s a=20 b=timeout c=5
		wait 11s
		%[1]s
		run d
		tick 2s a=5 b=20 d=9
		wait 15s
		%[1]s
		wait 10ms
		%[1]s
		tick 1s a=5 b=20 c=7 d=0`
	var totals [2]Total
	for i, ask := range []bool{false, true} {
		w := newWorld(t, users())
		w.playAsking(history, ask)
		totals[i] = w.total()
	}
	if totals[0] != totals[1] {
		t.Errorf("not asked: %+v\nasked:     %+v", totals[0], totals[1])
	}
}

// TestLateCollection: one collection after many that were lost does not weigh as if its values had been there all along, and beyond
// maxAge nothing of before counts.
func TestLateCollection(t *testing.T) {
	m := users()
	m.Interval = time.Second
	newWorld(t, m).play(`
		run a
		tick 1s a=0
		tick 5s a=100
		total 100 29.289 1 0
		tick 12s a=100
		total 100 50 1 0 # as after 5 s: half of the rest in two of them
		tick 16s a=10
		total 10 10 1 0`)
}
