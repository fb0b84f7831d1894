// Package workload models the pods of a scale target and the users on them. It is pure: time and randomness are arguments.
//
// Users are spread evenly over the pods that are ready; a pod that leaves keeps those it had while it drains. Whoever is on a pod
// beyond its capacity is not served, and costs nothing.
package workload

import (
	"cmp"
	"slices"
	"time"
)

// Config says what pods are like.
type Config struct {
	Start    time.Duration // from a pod's creation until it is ready
	Pending  time.Duration // the part of Start before its container runs; no more than Start counts
	Drain    time.Duration // from a pod's deletion until it is gone
	Capacity float64       // users that one pod serves

	IdleCPU, UserCPU float64 // millicores of a running pod, and of each user that it serves
	IdleGPU, UserGPU float64 // percent of a GPU likewise; never above 100 together
}

// Workload is the pods and who is on them.
type Workload struct {
	config     Config
	pods       []*Pod // in the order of their creation
	created    int    // of all times
	desired    int
	generation int       // of the pods that are wanted: a rolling update begins the next one
	users      float64   // the demand
	at         time.Time // up to which what the pods used is added up
	due        time.Time // before which nothing happens of itself
	changes    int
}

// New returns a workload of as many pods as are desired, all ready for an hour: a workload that has been running when a trace begins.
func New(config Config, now time.Time, desired int) *Workload {
	w := &Workload{config: config, at: now}
	long := now.Add(-time.Hour)
	for range desired {
		w.create(long)
	}
	for _, p := range w.pods {
		p.Running, p.Ready = long, long
	}
	w.desired = desired
	return w
}

// Pods returns all that are not gone, in the order of their creation. They are the workload's own.
func (w *Workload) Pods() []*Pod { return w.pods }

// Users is the demand.
func (w *Workload) Users() float64 { return w.users }

// Created is how many pods there were so far.
func (w *Workload) Created() int { return w.created }

// Present is how many pods there are that are not being deleted.
func (w *Workload) Present() int { return len(w.present()) }

// Changes counts the moments at which a pod came, went, or changed its state.
func (w *Workload) Changes() int { return w.changes }

// Scale says how many pods are wanted from now on.
func (w *Workload) Scale(now time.Time, desired int) {
	w.desired = desired
	w.change(now)
}

// Demand says how many users there are from now on.
func (w *Workload) Demand(now time.Time, users float64) {
	w.Advance(now)
	w.Settle(now)
	w.users = users
	w.spread(now)
}

// Advance lets happen what is due until now, which is no earlier than at the call before: pods become ready, are created and deleted,
// and are gone. The users are spread anew.
func (w *Workload) Advance(now time.Time) {
	if !now.Before(w.due) {
		w.change(now)
	}
}

func (w *Workload) change(now time.Time) {
	w.Settle(now)
	w.pods = slices.DeleteFunc(w.pods, func(p *Pod) bool { return p.Deleting() && !now.Before(w.gone(p)) })
	w.roll(now)
	w.resize(now)
	w.spread(now)
	w.changes++
	w.due = w.next(now)
}

// next is when something happens of itself again.
func (w *Workload) next(now time.Time) time.Time {
	next := now.Add(time.Hour)
	for _, p := range w.pods {
		times := []time.Time{p.Running, p.Ready}
		if p.Deleting() {
			times = []time.Time{w.gone(p)}
		}
		for _, at := range times {
			if at.After(now) && at.Before(next) {
				next = at
			}
		}
	}
	return next
}

// Settle adds up what the pods used until now.
func (w *Workload) Settle(now time.Time) {
	seconds := now.Sub(w.at).Seconds()
	w.at = now
	if seconds <= 0 {
		return
	}
	for _, p := range w.pods {
		if p.IsRunning(now) {
			p.UserSeconds += p.Users * seconds
			p.CPUSeconds += w.config.cpu(p) / 1000 * seconds
		}
	}
}

// gone is when a pod that is being deleted will have left. One that is not ready has nobody to wait for.
func (w *Workload) gone(p *Pod) time.Time {
	if p.Ready.After(p.Deleted) {
		return p.Deleted.Add(time.Nanosecond)
	}
	return p.Deleted.Add(max(w.config.Drain, time.Nanosecond))
}

// resize creates and deletes pods until there are as many as desired, which a rolling update may exceed for a while.
func (w *Workload) resize(now time.Time) {
	present := w.present()
	for len(present) < w.desired {
		w.create(now)
		present = w.present()
	}
	surplus := len(present) - w.desired
	if w.rolling() {
		surplus -= maxSurge
	}
	if surplus <= 0 {
		return
	}
	slices.SortStableFunc(present, func(a, b *Pod) int { return leavesBefore(a, b, now) })
	for _, p := range present[:surplus] {
		p.delete(now)
	}
}

// leavesBefore orders pods as a ReplicaSet picks them: what runs not before what does, then what is not ready, then what became ready
// last. (A ReplicaSet compares ages by their order of magnitude and draws among equals.)
func leavesBefore(a, b *Pod, now time.Time) int {
	rank := func(p *Pod) int {
		switch {
		case !p.IsRunning(now):
			return 0
		case !p.IsReady(now):
			return 1
		default:
			return 2
		}
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), b.Ready.Compare(a.Ready), cmp.Compare(b.Ordinal, a.Ordinal))
}

func (w *Workload) create(now time.Time) {
	p := &Pod{
		Ordinal: w.created, Generation: w.generation, Created: now,
		Running: now.Add(min(w.config.Pending, w.config.Start)), Ready: now.Add(w.config.Start),
	}
	w.created++
	w.pods = append(w.pods, p)
}

// present are the pods that are not being deleted.
func (w *Workload) present() []*Pod {
	present := make([]*Pod, 0, len(w.pods))
	for _, p := range w.pods {
		if !p.Deleting() {
			present = append(present, p)
		}
	}
	return present
}
