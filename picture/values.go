package picture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Values are samples of one thing. In JSON an absent one is null.
type Values []float64

// Absent is the value of a moment that has none. It is a NaN: [IsAbsent] tells.
func Absent() float64 { return math.NaN() }

// IsAbsent tells whether there is no value.
func IsAbsent(v float64) bool { return math.IsNaN(v) }

// MarshalJSON implements json.Marshaler. Infinite values have no JSON form.
func (v Values) MarshalJSON() ([]byte, error) {
	out := append(make([]byte, 0, 8*len(v)+2), '[')
	for i, x := range v {
		if i > 0 {
			out = append(out, ',')
		}
		switch {
		case IsAbsent(x):
			out = append(out, "null"...)
		case math.IsInf(x, 0):
			return nil, fmt.Errorf("value %d is %v: allowed: a number or absent", i, x)
		default:
			out = strconv.AppendFloat(out, x, 'g', -1, 64)
		}
	}
	return append(out, ']'), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Values) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) {
		*v = nil
		return nil
	}
	var read []*float64
	if err := json.Unmarshal(text, &read); err != nil {
		return fmt.Errorf("values: allowed: a list of numbers and nulls: %w", err)
	}
	*v = make(Values, len(read))
	for i, x := range read {
		(*v)[i] = Absent()
		if x != nil {
			(*v)[i] = *x
		}
	}
	return nil
}
