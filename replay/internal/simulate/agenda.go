package simulate

import (
	"container/heap"
	"time"
)

// agenda is what is going to happen. Of entries for the same moment, the one that was made first comes first, so that a run is the same
// each time.
type agenda struct {
	entries entries
	made    uint64
}

type entry struct {
	at    time.Time
	order uint64
	do    func(now time.Time)
}

// add has something done at a moment.
func (a *agenda) add(at time.Time, do func(now time.Time)) {
	a.made++
	heap.Push(&a.entries, entry{at, a.made, do})
}

// every has something done again and again, first at a moment.
func (a *agenda) every(first time.Time, interval time.Duration, do func(now time.Time)) {
	a.add(first, func(now time.Time) {
		do(now)
		a.every(now.Add(interval), interval, do)
	})
}

// run does what is due, in its order, while goOn; time passes in between.
func (a *agenda) run(goOn func() bool) {
	for len(a.entries) > 0 && goOn() {
		next := heap.Pop(&a.entries).(entry)
		time.Sleep(time.Until(next.at))
		next.do(next.at)
	}
}

// entries implement heap.Interface.
type entries []entry

func (e entries) Len() int { return len(e) }
func (e entries) Less(i, j int) bool {
	return e[i].at.Before(e[j].at) || e[i].at.Equal(e[j].at) && e[i].order < e[j].order
}
func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *entries) Push(x any)   { *e = append(*e, x.(entry)) }
func (e *entries) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}
