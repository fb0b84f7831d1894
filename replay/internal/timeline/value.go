package timeline

import "encoding/json"

// Value is a number that may be absent. The zero Value is absent, not 0.
type Value struct {
	number float64
	known  bool
}

// Known is a value that there is.
func Known(x float64) Value { return Value{x, true} }

// Get returns the number, and false where there is none.
func (v Value) Get() (float64, bool) { return v.number, v.known }

// Or returns the number, or other where there is none.
func (v Value) Or(other float64) float64 {
	if v.known {
		return v.number
	}
	return other
}

// IsZero says that the value is absent; encoding/json asks it.
func (v Value) IsZero() bool { return !v.known }

// MarshalJSON implements json.Marshaler: an absent value is null.
func (v Value) MarshalJSON() ([]byte, error) {
	if !v.known {
		return []byte("null"), nil
	}
	return json.Marshal(v.number)
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *Value) UnmarshalJSON(text []byte) error {
	var number *float64
	if err := json.Unmarshal(text, &number); err != nil {
		return err
	}
	*v = Value{}
	if number != nil {
		*v = Known(*number)
	}
	return nil
}
