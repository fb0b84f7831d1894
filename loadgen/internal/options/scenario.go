package options

import (
	"net/url"
	"strconv"
	"time"
)

// Scenario names the kind of work that the workload is asked for.
type Scenario string

// The scenarios.
const (
	Matrix Scenario = "matrix" // multiplies matrices: CPU
	Stream Scenario = "stream" // holds a slow answer open: users
	GPU    Scenario = "gpu"    // runs a GPU job
)

func (s Scenario) known() bool { return s == Matrix || s == Stream || s == GPU }

// parameters is what the scenarios choose from.
type parameters struct {
	target       *url.URL
	size         int
	workMillis   int
	streamMillis int
}

// request returns the scenario's URL, and how long its answer takes by design.
func (s Scenario) request(p parameters) (*url.URL, time.Duration) {
	switch s {
	case Stream:
		return endpoint(p.target, "stream", "duration_ms", p.streamMillis), millis(p.streamMillis)
	case GPU:
		return endpoint(p.target, "gpu_job", "work_ms", p.workMillis), millis(p.workMillis)
	default:
		return endpoint(p.target, "matrix", "size", p.size), 0
	}
}

func endpoint(target *url.URL, path, parameter string, value int) *url.URL {
	root := *target
	if root.Path == "" {
		root.Path = "/" // or the request line would begin with the scenario's name
	}
	u := root.JoinPath(path)
	u.RawQuery = url.Values{parameter: {strconv.Itoa(value)}}.Encode()
	return u
}

func millis(n int) time.Duration { return time.Duration(n) * time.Millisecond }
