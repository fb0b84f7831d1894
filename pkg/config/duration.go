package config

import (
	"encoding/json"
	"reflect"
	"time"
)

// Duration is written as text, such as 1m30s.
type Duration struct{ time.Duration }

// UnmarshalJSON implements json.Unmarshaler. Its error is of the one kind to which the decoder adds the name of the field.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var text string
	err := json.Unmarshal(data, &text)
	if err == nil {
		d.Duration, err = time.ParseDuration(text)
	}
	if err != nil {
		return &json.UnmarshalTypeError{Value: string(data), Type: reflect.TypeFor[Duration]()}
	}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }
