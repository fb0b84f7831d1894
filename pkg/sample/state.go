package sample

// State says what a pod's value of one metric is worth now.
type State string

// The states. Values of fresh, held and departing pods are in the total; those of fresh and held ones are served.
const (
	StateFresh      State = "fresh"       // the last collection brought a value
	StateHeld       State = "held"        // it did not; the value before is young enough to stand in
	StateStale      State = "stale"       // the last value is too old to be used
	StateAbsent     State = "absent"      // there never was a value
	StateDeparting  State = "departing"   // being deleted, and still answering
	StateGone       State = "gone"        // being deleted, and no longer answering
	StateNotRunning State = "not_running" // pending, failed or succeeded
)

// Coverage says how many of a group's pods a total stands for.
type Coverage struct {
	Matched   int     // pods with the labels
	Expected  int     // of these: run, are not being deleted, and reported before or have been ready for more than two intervals
	Counted   int     // of these: have a value young enough
	Departing int     // being deleted, and still answering
	Minimum   float64 // share of the expected pods that must be counted for the group to be served; 0: any
}

// Enough says whether the group may be served.
func (c Coverage) Enough() bool { return float64(c.Counted) >= c.Minimum*float64(c.Expected) }
