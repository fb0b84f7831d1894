package pods

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"userscale.dev/userscale/pkg/sample"
)

// path is where a number stands in a JSON body: names of fields and indexes of arrays between dots, or numbers, with # for every
// element of an array.
type path struct {
	text  string
	parts []string // of names and indexes, in gjson's notation; between two of them is every element of an array
}

func parsePath(text string) (path, error) {
	p := path{text: text, parts: []string{""}}
	for step := range strings.SplitSeq(text, ".") {
		last := &p.parts[len(p.parts)-1]
		switch {
		case step == "":
			return path{}, fmt.Errorf("field %q: a name is empty", text)
		case step == "#":
			p.parts = append(p.parts, "")
		case *last == "":
			*last = gjson.Escape(step)
		default:
			*last += "." + gjson.Escape(step)
		}
	}
	return p, nil
}

// checkJSON: a body is one JSON value to its end. The standard library judges that, since it bounds the nesting of what a pod may send.
func checkJSON(body []byte) error {
	if !json.Valid(body) || !utf8.Valid(body) {
		return sample.Refuse(sample.ReasonMalformed, "body is not JSON")
	}
	return nil
}

// sum adds up the numbers at the path in a body that passed checkJSON, building nothing of it. It is absent where the path leads to
// nothing or to null, unless others are there beside it.
func (p *path) sum(body []byte) (total float64, there bool, err error) {
	if p.parts[0] == "" {
		return p.sumOf(gjson.ParseBytes(body), p.parts)
	}
	// In a body that is one string gjson would look for the field in its text.
	if first := bytes.TrimLeft(body, " \t\r\n")[0]; first != '{' && first != '[' {
		return 0, false, nil
	}
	return p.sumOf(gjson.GetBytes(body, p.parts[0]), p.parts)
}

// sumOf takes the value at the first of the parts.
func (p *path) sumOf(value gjson.Result, parts []string) (float64, bool, error) {
	if value.Type == gjson.Null { // or missing
		return 0, false, nil
	}
	if len(parts) == 1 {
		return p.number(value)
	}
	if !value.IsArray() {
		return 0, false, sample.Refuse(sample.ReasonNoValue, "field %s: %s is no array", p.text, kind(value))
	}
	total, n, err := 0.0, 0, error(nil)
	value.ForEach(func(_, element gjson.Result) bool {
		var x float64
		x, err = p.element(element, parts[1:])
		total, n = total+x, n+1
		return err == nil
	})
	if math.IsInf(total, 0) && err == nil {
		err = sample.Refuse(sample.ReasonOutOfRange, "the sum of field %s is over any number", p.text)
	}
	return total, n > 0, err
}

// element sums in one of an array's elements, where something has to be there.
func (p *path) element(element gjson.Result, parts []string) (float64, error) {
	if parts[0] != "" {
		if !element.IsObject() && !element.IsArray() {
			return 0, sample.Refuse(sample.ReasonNoValue, "field %s: an element is %s", p.text, kind(element))
		}
		element = element.Get(parts[0])
	}
	x, there, err := p.sumOf(element, parts)
	if err == nil && !there {
		err = sample.Refuse(sample.ReasonNoValue, "field %s is not in every element", p.text)
	}
	return x, err
}

func (p *path) number(value gjson.Result) (float64, bool, error) {
	if value.Type != gjson.Number {
		return 0, false, sample.Refuse(sample.ReasonNoValue, "field %s is %s, want a number", p.text, kind(value))
	}
	if !(value.Num >= 0) || math.IsInf(value.Num, 0) {
		return 0, false, sample.Refuse(sample.ReasonOutOfRange, "field %s is %.50s, want a finite number of 0 or more", p.text, value.Raw)
	}
	return value.Num, true, nil
}

func kind(value gjson.Result) string {
	switch {
	case value.IsObject():
		return "an object"
	case value.IsArray():
		return "an array"
	case value.IsBool():
		return "a truth value"
	case value.Type == gjson.String:
		return "a text"
	case value.Type == gjson.Number:
		return "a number"
	default:
		return "null"
	}
}
