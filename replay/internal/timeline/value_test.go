package timeline

import (
	"encoding/json"
	"testing"
)

func TestAbsentIsNotZero(t *testing.T) {
	for _, c := range []struct {
		value Value
		text  string
	}{{Value{}, `{"t":0}`}, {Known(0), `{"t":0,"v":0}`}, {Known(1.5), `{"t":0,"v":1.5}`}} {
		type holder struct {
			T int   `json:"t"`
			V Value `json:"v,omitzero"`
		}
		text, err := json.Marshal(holder{V: c.value})
		if err != nil || string(text) != c.text {
			t.Errorf("%v: %s, %v, want %s", c.value, text, err, c.text)
		}
		var back holder
		if err := json.Unmarshal(text, &back); err != nil || back.V != c.value {
			t.Errorf("%s: %v, %v, want %v", text, back.V, err, c.value)
		}
	}
	var null Value
	if err := json.Unmarshal([]byte("null"), &null); err != nil || null != (Value{}) {
		t.Errorf("null: %v, %v", null, err)
	}
	if text, err := json.Marshal([]Value{{}}); err != nil || string(text) != "[null]" {
		t.Errorf("in a list: %s, %v", text, err)
	}
}
