package pods

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"userscale.dev/userscale/pkg/sample"
)

// FuzzBody: what is accepted is a usable number that stands in the body, in the standard library's reading of it where it is JSON.
// What a format of Prometheus says is FuzzSums' to check.
func FuzzBody(f *testing.F) {
	for _, seed := range []struct{ contentType, body, field, counter string }{
		{asJSON, `{"active_users": 7.5, "x": [1], "seconds": 80}`, "active_users", "seconds"},
		{asJSON, `{"load": {"users": 3, "u\u0073ers": 4}}`, "load.users", "load"},
		{asJSON, `{"a": 1, "a": {"b": 2e-400}, "c": [{"b": 1}, -0]}`, "c.0.b", "a"},
		{asJSON, `{"rooms": [{"users": 3}, {"users": 4.5, "seats": [1, 2]}], "grid": [[1, 2], [3]]}`, "rooms.#.users", "grid.#.#"},
		{asJSON, `[{"u": [1, 2]}, {"u": ["3"]}]`, "#.u.0", "#.u.#"},
		{asJSON, `[1e308, 1e308, -1, "{\"u\": 1}"]`, "#", "#.u"},
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
		{asOpenMetrics, "# TYPE u counter\nu_total 4 1.5\n# EOF\n", "u_total", ""},
		{"text/html", `<u>1</u>`, "u", ""},
	} {
		f.Add(seed.contentType, []byte(seed.body), seed.field, seed.counter)
	}
	field := regexp.MustCompile(`^([A-Za-z0-9_-]+|#)(\.([A-Za-z0-9_-]+|#))*$`) // no other passes the configuration
	metric := regexp.MustCompile(`^[A-Za-z_:][A-Za-z0-9_:]*$`)
	f.Fuzz(func(t *testing.T, contentType string, body []byte, name, counter string) {
		if !field.MatchString(name) || counter != "" && !field.MatchString(counter) {
			return
		}
		c := Config{Field: name}
		if metric.MatchString(name) {
			c.Series = quoted(name)
		}
		alone, err := readBody(t, c, contentType, body)
		checkRead(t, contentType, body, name, alone.value, err)
		c.Counter = counter
		if metric.MatchString(counter) {
			c.CounterSeries = quoted(counter)
		}
		both, err := readBody(t, c, contentType, bytes.Clone(body))
		if err == nil && (both.value != alone.value || both.hasCounter && counter == "") {
			t.Errorf("read as %+v, and with the counter %q as %+v", alone, counter, both)
		}
		if both.hasCounter && err == nil {
			checkRead(t, contentType, body, counter, both.counter, nil)
		}
	})
}

// quoted selects a metric by any name: some words of PromQL's own are none without quotes.
func quoted(metric string) string { return `{"` + metric + `"}` }

// readBody checks that every error has a reason that a body can be the cause of.
func readBody(t *testing.T, c Config, contentType string, body []byte) (reading, error) {
	t.Helper()
	reader, err := newReader(c)
	if err != nil {
		t.Fatal(err)
	}
	got, err := reader.read(contentType, body)
	var r *sample.Refusal
	bodily := []sample.Reason{sample.ReasonMalformed, sample.ReasonNoValue, sample.ReasonOutOfRange}
	if err != nil && (!errors.As(err, &r) || !slices.Contains(bodily, r.Reason) || err.Error() == "") {
		t.Errorf("error without a reason: %v", err)
	}
	return got, err
}

// checkRead: a value that was accepted is one to calculate with, and stands under its name in a body of a type that is read.
func checkRead(t *testing.T, contentType string, body []byte, name string, value float64, err error) {
	t.Helper()
	if err == nil && (math.IsNaN(value) || math.IsInf(value, 0) || value < 0) {
		t.Errorf("accepted %v", value)
	}
	media, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch media = strings.TrimSpace(media); {
	case media == asJSON || strings.HasSuffix(media, "+json"):
		compareJSON(t, body, name, value, err)
	case err == nil && (!strings.Contains(media, "/") || !bytes.Contains(body, []byte(name))):
		t.Errorf("accepted %v of %s, which is not there to be read", value, name)
	}
}

// compareJSON compares with encoding/json, but where a name is there twice, for which the two take different values.
func compareJSON(t *testing.T, body []byte, name string, value float64, err error) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var decoded any
	if !json.Valid(body) || !utf8.Valid(body) || decoder.Decode(&decoded) != nil {
		if err == nil {
			t.Errorf("accepted %v from what is not JSON", value)
		}
		return
	}
	tokens := json.NewDecoder(bytes.NewReader(body))
	tokens.UseNumber()
	if twice(t, tokens) {
		return
	}
	want, ok := sumAt(decoded, strings.Split(name, "."))
	ok = ok && !math.IsInf(want, 0)
	if ok != (err == nil) || ok && value != want {
		t.Errorf("%s is read as %v, %v; want %v, %v", name, value, err, want, ok)
	}
}

// sumAt adds up the numbers at the path; false where there are none, or something else among them.
func sumAt(value any, path []string) (float64, bool) {
	if len(path) == 0 {
		number, ok := value.(json.Number)
		x, err := strconv.ParseFloat(number.String(), 64)
		return x, ok && err == nil && x >= 0
	}
	switch v := value.(type) {
	case map[string]any:
		inner, there := v[path[0]]
		if !there || path[0] == "#" {
			return 0, false
		}
		return sumAt(inner, path[1:])
	case []any:
		if path[0] != "#" {
			index, err := strconv.ParseUint(path[0], 10, 32) // 00 is 0 too
			if err != nil || index >= uint64(len(v)) {
				return 0, false
			}
			return sumAt(v[index], path[1:])
		}
		total := 0.0
		for _, element := range v {
			x, ok := sumAt(element, path[1:])
			if !ok {
				return 0, false
			}
			total += x
		}
		return total, len(v) > 0
	}
	return 0, false
}

// twice says whether an object has a name twice.
func twice(t *testing.T, d *json.Decoder) bool {
	t.Helper()
	token, err := d.Token()
	if err != nil {
		t.Fatalf("valid JSON does not read: %v", err)
	}
	if token != json.Delim('{') && token != json.Delim('[') {
		return false
	}
	found, names := false, map[json.Token]bool{}
	for d.More() {
		if token == json.Delim('{') {
			name, _ := d.Token()
			found = found || names[name]
			names[name] = true
		}
		found = twice(t, d) || found
	}
	if _, err := d.Token(); err != nil { // the end of it
		t.Fatalf("valid JSON does not read: %v", err)
	}
	return found
}
