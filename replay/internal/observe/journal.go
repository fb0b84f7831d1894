package observe

import (
	"slices"
	"sync"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/replay/internal/recording"
)

// lags is of how many answers the quickest one tells how the clocks differ: those of ten seconds.
const lags = 40

// journal is a recording that grows. Until the run begins it only knows what there is; then each change is an event too. All times are by
// the adapter's clock, so that it does not matter what time it is here: the samples' times are by that clock, and those in pods and HPAs
// by others of the cluster, which should agree with it.
type journal struct {
	mu     sync.Mutex      // guards what follows
	lags   []time.Duration // of the last answers: what time it was here, less the time in the answer
	began  time.Time       // zero until then
	header recording.Header
	hpa    *autoscalingv2.HorizontalPodAutoscaler // as last seen
	pods   map[string]*life                       // by name; those that are gone too, unless the name is another pod's now
	usage  *recording.Usage                       // as last served; nil until then
	events []recording.Event
	posted []posted
	counts struct{ passes, rescales int }
}

func newJournal() *journal { return &journal{pods: map[string]*life{}} }

// answered notes that an answer came just now that was given at a moment by the adapter's clock. The answers that are on their way for
// the shortest time tell best how the clocks differ.
func (j *journal) answered(at time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.lags) == lags {
		j.lags = j.lags[1:]
	}
	j.lags = append(j.lags, time.Since(at.Round(0)))
}

// nowLocked is the present, as an event's T.
func (j *journal) nowLocked() float64 {
	if len(j.lags) == 0 {
		return 0
	}
	return j.atLocked(time.Now().Add(-slices.Min(j.lags)))
}

// atLocked is a moment by the adapter's clock as an event's T: the beginning is the earliest.
func (j *journal) atLocked(t time.Time) float64 {
	if j.began.IsZero() {
		return 0
	}
	return max(seconds(t.Sub(j.began)), 0)
}

// seconds is a duration in whole milliseconds.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond).Milliseconds()) / 1000
}

// addLocked adds an event, unless the run has not begun.
func (j *journal) addLocked(e recording.Event) {
	if !j.began.IsZero() {
		j.events = append(j.events, e)
	}
}

// begin begins the run, with the pods and the usage that are known.
func (j *journal) begin(at time.Time, header *recording.Header) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.began = at.Truncate(time.Millisecond)
	j.header = *header
	j.header.Began, j.header.HPA = j.began, trimHPA(j.hpa)
	for _, name := range j.presentLocked() {
		j.addLocked(recording.Event{Pod: j.pods[name].pod})
	}
	if j.usage != nil {
		j.addLocked(recording.Event{Usage: j.usage})
	}
}

// finish returns the recording; nil if it did not begin. What is known of a collection is known some time after it, so events are put into
// their order here.
func (j *journal) finish() *recording.Recording {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.began.IsZero() {
		return nil
	}
	slices.SortStableFunc(j.events, func(a, b recording.Event) int {
		switch {
		case a.T < b.T:
			return -1
		case a.T > b.T:
			return 1
		}
		return 0
	})
	j.giveReasonsLocked()
	return &recording.Recording{Header: j.header, Events: j.events}
}

func (j *journal) progress() Progress {
	j.mu.Lock()
	defer j.mu.Unlock()
	return Progress{
		Elapsed: time.Duration(j.nowLocked() * float64(time.Second)), Pods: len(j.presentLocked()),
		Passes: j.counts.passes, Rescales: j.counts.rescales,
	}
}
