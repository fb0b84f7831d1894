// Package duration reads times as people write them.
package duration

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Parse reads Go's form ("1m30s") or a bare number of seconds ("90", "0.5").
func Parse(s string) (time.Duration, error) {
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return time.ParseDuration(s)
	}
	nanos := seconds * float64(time.Second)
	if !(math.Abs(nanos) < math.MaxInt64) { // NaN is not less either
		return 0, fmt.Errorf("%q seconds do not fit a duration", s)
	}
	return time.Duration(nanos), nil
}
