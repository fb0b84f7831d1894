package pods

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"mime"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"userscale.dev/userscale/pkg/sample"
)

// FuzzBody: what is accepted is a usable number that stands in the body, in the standard library's reading of it.
func FuzzBody(f *testing.F) {
	const asJSON, asText = "application/json", "text/plain; version=0.0.4"
	for _, seed := range []struct{ contentType, body, field, counter string }{
		{asJSON, `{"active_users": 7.5, "x": [1], "seconds": 80}`, "active_users", "seconds"},
		{asJSON, `{"load": {"users": 3, "u\u0073ers": 4}}`, "load.users", "load"},
		{asJSON, `{"a": 1, "a": {"b": 2e-400}, "c": [{"b": 1}, -0]}`, "c.0.b", "a"},
		{asJSON, `{"u": 1e400}`, "u", "u"},
		{asJSON, `{"u": -1, "v": 1}`, "u", "v"},
		{asJSON, `{"u": 1, "v": -1}`, "u", "v"},
		{asJSON, `{"u": 1} x`, "u", ""},
		{asJSON, `"{\"u\": 1}"`, "u", ""},
		{"application/json; charset=utf-8", " [null, \"\xff\", {}, 5]\n", "3", "0"},
		{asText, "# HELP u Users.\n# TYPE u gauge\nu{a=\"1\"} 4 1700000000000\nu{a=\"2\"} 5e0\nt_total 9\n", "u", "t_total"},
		{asText, "# TYPE u histogram\nu_bucket{le=\"+Inf\"} 1\nu_sum 1\nu_count 1\n", "u_count", "u_bucket"},
		{asText, "u 1\nv NaN\n", "v", "u"},
		{asText, "{\"u\", a=\"\\n\"} 0x1p3\nu NaN\n", "u", ""},
		{"text/html", `<u>1</u>`, "u", ""},
	} {
		f.Add(seed.contentType, []byte(seed.body), seed.field, seed.counter)
	}
	field := regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`) // no other passes the configuration
	f.Fuzz(func(t *testing.T, contentType string, body []byte, name, counter string) {
		if !field.MatchString(name) || counter != "" && !field.MatchString(counter) {
			return
		}
		alone, err := parse(contentType, body, name, "")
		checkRefusal(t, err)
		checkRead(t, contentType, body, name, alone.value, err)
		both, err := parse(contentType, bytes.Clone(body), name, counter)
		checkRefusal(t, err)
		if err == nil && (both.value != alone.value || both.hasCounter && counter == "") {
			t.Errorf("read as %+v, and with the counter %q as %+v", alone, counter, both)
		}
		if both.hasCounter {
			checkRead(t, contentType, body, counter, both.counter, nil)
		}
	})
}

// checkRead: a value that was accepted is one to calculate with, and stands under its name in a body of a type that is read.
func checkRead(t *testing.T, contentType string, body []byte, name string, value float64, err error) {
	t.Helper()
	if err == nil && (math.IsNaN(value) || math.IsInf(value, 0) || value < 0) {
		t.Errorf("accepted %v", value)
	}
	switch media, _, badType := mime.ParseMediaType(contentType); {
	case badType == nil && media == "application/json":
		checkJSON(t, body, name, value, err)
	case err == nil && (badType != nil || media != "text/plain" || !bytes.Contains(body, []byte(name))):
		t.Errorf("accepted %v of %s, which is not there to be read", value, name)
	}
}

// checkRefusal: every error has a reason that a body can be the cause of.
func checkRefusal(t *testing.T, err error) {
	t.Helper()
	var r *sample.Refusal
	bodily := []sample.Reason{sample.ReasonMalformed, sample.ReasonNoValue, sample.ReasonOutOfRange}
	if err != nil && (!errors.As(err, &r) || !slices.Contains(bodily, r.Reason) || err.Error() == "") {
		t.Errorf("error without a reason: %v", err)
	}
}

// checkJSON compares with encoding/json. Where a body names the field more than once, any of its numbers will do.
func checkJSON(t *testing.T, body []byte, name string, value float64, err error) {
	t.Helper()
	if !json.Valid(body) {
		if err == nil {
			t.Errorf("accepted %v from what is not JSON", value)
		}
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	found := valuesAt(t, decoder, strings.Split(name, "."), true)
	var numbers []float64
	for _, v := range found {
		if number, ok := v.(json.Number); ok {
			if n, rangeErr := strconv.ParseFloat(number.String(), 64); rangeErr == nil && n >= 0 {
				numbers = append(numbers, n)
			}
		}
	}
	if err == nil && !slices.Contains(numbers, value) {
		t.Errorf("accepted %v, but the field is %v", value, found)
	}
	if err != nil && len(found) == 1 && len(numbers) == 1 {
		t.Errorf("the field is %v, yet: %v", found, err)
	}
}

// valuesAt reads the next value and returns all that stands at the path in it, if its own place is on the path.
func valuesAt(t *testing.T, d *json.Decoder, path []string, on bool) []json.Token {
	t.Helper()
	next := func() json.Token {
		token, err := d.Token()
		if err != nil {
			t.Fatalf("valid JSON does not read: %v", err)
		}
		return token
	}
	token := next()
	var found []json.Token
	if on && len(path) == 0 {
		found = append(found, token)
	}
	if _, nested := token.(json.Delim); !nested {
		return found
	}
	for i := 0; d.More(); i++ {
		var here bool
		if token == json.Delim('{') {
			key := next().(string)
			here = on && len(path) > 0 && key == path[0]
		} else if on && len(path) > 0 {
			index, err := strconv.ParseUint(path[0], 10, 32) // 00 is 0 too
			here = err == nil && index == uint64(i)
		}
		if here {
			found = append(found, valuesAt(t, d, path[1:], true)...)
		} else {
			valuesAt(t, d, nil, false)
		}
	}
	next() // the end of it
	return found
}
