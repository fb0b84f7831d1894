package pods

import (
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

const (
	asJSON        = "application/json"
	asText        = "text/plain; version=0.0.4"
	asOpenMetrics = "application/openmetrics-text; version=1.0.0"
)

func TestRead(t *testing.T) {
	const rooms = `{"rooms": [{"users": 3}, {"users": 4.5, "seats": [1, 2]}], "numbers": [1, 2, 3], "none": [], "grid": [[1, 2], [3]]}`
	for name, tc := range map[string]struct {
		contentType, body, field string
		want                     float64
		reason                   sample.Reason
	}{
		"json":                         {asJSON, `{"active_users": 7.5, "x": [1]}`, "active_users", 7.5, ""},
		"json zero":                    {asJSON, `{"active_users": 0}`, "active_users", 0, ""},
		"json dotted":                  {asJSON, `{"load": {"users": 3}}`, "load.users", 3, ""},
		"json with charset":            {"application/json; charset=utf-8", `{"u": 1}`, "u", 1, ""},
		"json of a kind":               {"application/vnd.spring-boot.actuator.v3+json", `{"u": 1}`, "u", 1, ""},
		"json index":                   {asJSON, rooms, "rooms.1.users", 4.5, ""},
		"json numbered name":           {asJSON, `{"1": {"0": 5}}`, "1.0", 5, ""},
		"json every element's":         {asJSON, rooms, "rooms.#.users", 7.5, ""},
		"json every element":           {asJSON, rooms, "numbers.#", 6, ""},
		"json every of every":          {asJSON, rooms, "grid.#.#", 6, ""},
		"json index of every":          {asJSON, rooms, "grid.#.0", 4, ""},
		"json array":                   {asJSON, ` [{"u": 1}, {"u": 2}]`, "#.u", 3, ""},
		"json array of numbers":        {asJSON, `[1, 2]`, "#", 3, ""},
		"json missing":                 {asJSON, `{"active": 1}`, "active_users", 0, sample.ReasonNoValue},
		"json missing in one":          {asJSON, rooms, "rooms.#.seats.0", 0, sample.ReasonNoValue},
		"json no elements":             {asJSON, rooms, "none.#", 0, sample.ReasonNoValue},
		"json no array":                {asJSON, `{"rooms": {"users": 3}}`, "rooms.#.users", 0, sample.ReasonNoValue},
		"json text among numbers":      {asJSON, `{"u": [1, "2"]}`, "u.#", 0, sample.ReasonNoValue},
		"json null among numbers":      {asJSON, `{"u": [1, null]}`, "u.#", 0, sample.ReasonNoValue},
		"json negative among numbers":  {asJSON, `{"u": [5, -1]}`, "u.#", 0, sample.ReasonOutOfRange},
		"json overflow":                {asJSON, `{"u": [1e308, 1e308]}`, "u.#", 0, sample.ReasonOutOfRange},
		"json text that is an object":  {asJSON, `["{\"u\": 1}"]`, "#.u", 0, sample.ReasonNoValue},
		"json null":                    {asJSON, `{"u": null}`, "u", 0, sample.ReasonNoValue},
		"json text":                    {asJSON, `{"u": "5"}`, "u", 0, sample.ReasonNoValue},
		"json negative":                {asJSON, `{"u": -1}`, "u", 0, sample.ReasonOutOfRange},
		"json huge":                    {asJSON, `{"u": 1e400}`, "u", 0, sample.ReasonOutOfRange},
		"json cut off after value":     {asJSON, `{"u": 1, "v`, "u", 0, sample.ReasonMalformed},
		"json NaN":                     {asJSON, `{"u": NaN}`, "u", 0, sample.ReasonMalformed},
		"json trailing":                {asJSON, `{"u": 1} x`, "u", 0, sample.ReasonMalformed},
		"json twice":                   {asJSON, `{"u": 1}{"u": 1}`, "u", 0, sample.ReasonMalformed},
		"json bad UTF-8":               {asJSON, "{\"u\": 1, \"v\": \"\xff\"}", "u", 0, sample.ReasonMalformed},
		"json nested deep":             {asJSON, strings.Repeat("[", 1<<20), "u", 0, sample.ReasonMalformed},
		"json string":                  {asJSON, ` "[7]"`, "0", 0, sample.ReasonNoValue},
		"json number":                  {asJSON, `7`, "u", 0, sample.ReasonNoValue},
		"empty":                        {asJSON, ``, "u", 0, sample.ReasonMalformed},
		"html":                         {"text/html", `{"u": 1}`, "u", 0, sample.ReasonMalformed},
		"no content type":              {"", `{"u": 1}`, "u", 0, sample.ReasonMalformed},
		"text":                         {asText, "# TYPE u gauge\nu 4\n", "u", 4, ""},
		"text sum of series":           {asText, "# TYPE u counter\nu{a=\"1\"} 4\nu{a=\"2\"} 5\n", "u", 9, ""},
		"text missing":                 {asText, "v 4\n", "u", 0, sample.ReasonNoValue},
		"text NaN":                     {asText, "u NaN\n", "u", 0, sample.ReasonOutOfRange},
		"text histogram":               {asText, "# TYPE u histogram\nu_bucket{le=\"+Inf\"} 1\nu_sum 1\nu_count 1\n", "u", 0, sample.ReasonNoValue},
		"text malformed":               {asText, "u{ 4\n", "u", 0, sample.ReasonMalformed},
		"openmetrics":                  {asOpenMetrics, "# TYPE u gauge\nu 4\n# EOF\n", "u", 4, ""},
		"text for which none is named": {asText, "load.users 4\n", "load.users", 0, sample.ReasonNoValue},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Field: tc.field}
			if !strings.ContainsAny(tc.field, ".#0123456789") {
				c.Series = tc.field
			}
			got, err := read(t, c, tc.contentType, tc.body)
			if tc.reason != "" {
				if err == nil || fetch.ReasonOf(err) != tc.reason {
					t.Fatalf("got %v, %v, want reason %s", got, err, tc.reason)
				}
				return
			}
			if err != nil || got.value != tc.want || got.hasCounter || !got.time.IsZero() {
				t.Errorf("got %v, %v, want %v", got, err, tc.want)
			}
		})
	}
}

func read(t *testing.T, c Config, contentType, body string) (reading, error) {
	t.Helper()
	r, err := newReader(c)
	if err != nil {
		t.Fatal(err)
	}
	return r.read(contentType, []byte(body))
}

// TestReadCounter: a counter that is not there is no failure, one that cannot be a counter is.
func TestReadCounter(t *testing.T) {
	both := Config{Field: "u", Counter: "s", Series: `users{kind!="bot"}`, CounterSeries: "user_seconds"}
	at := time.UnixMilli(1_700_000_000_000)
	for name, tc := range map[string]struct {
		contentType, body string
		want              reading
		reason            sample.Reason
	}{
		"json":               {asJSON, `{"u": 7, "s": 80.5}`, reading{value: 7, counter: 80.5, hasCounter: true}, ""},
		"json missing":       {asJSON, `{"u": 7}`, reading{value: 7}, ""},
		"json null":          {asJSON, `{"u": 7, "s": null}`, reading{value: 7}, ""},
		"json negative":      {asJSON, `{"u": 7, "s": -1}`, reading{}, sample.ReasonOutOfRange},
		"json text":          {asJSON, `{"u": 7, "s": "80"}`, reading{}, sample.ReasonNoValue},
		"json without field": {asJSON, `{"s": 80}`, reading{}, sample.ReasonNoValue},
		"text": {
			asText, "users{kind=\"bot\"} 100\nusers 7\nuser_seconds{a=\"1\"} 80\nuser_seconds{a=\"2\"} 1\n",
			reading{value: 7, counter: 81, hasCounter: true}, "",
		},
		"text missing":   {asText, "users 7\n", reading{value: 7}, ""},
		"text with time": {asText, "users 7 1700000000001\nuser_seconds 8 1700000000000\n", reading{value: 7, counter: 8, hasCounter: true, time: at}, ""},
		"text NaN":       {asText, "users 7\nuser_seconds NaN\n", reading{}, sample.ReasonOutOfRange},
		"text histogram": {asText, "users 7\n# TYPE user_seconds histogram\nuser_seconds_sum 1\n", reading{}, sample.ReasonNoValue},
		"text without":   {asText, "user_seconds 8\n", reading{}, sample.ReasonNoValue},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, both, tc.contentType, tc.body)
			if tc.reason != "" {
				if err == nil || fetch.ReasonOf(err) != tc.reason {
					t.Errorf("got %+v, %v, want %s", got, err, tc.reason)
				}
				return
			}
			if err != nil || got != tc.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tc.want)
			}
		})
	}
}

// TestOneFormatOnly: what is not configured is not asked for, and has no value.
func TestOneFormatOnly(t *testing.T) {
	for name, tc := range map[string]struct {
		config            Config
		contentType, body string
		asked             string
	}{
		"json":   {Config{Field: "u"}, asText, "u 1\n", "application/json"},
		"series": {Config{Series: "u"}, asJSON, `{"u": 1}`, "application/vnd.google.protobuf;"},
	} {
		if got, err := read(t, tc.config, tc.contentType, tc.body); err == nil || fetch.ReasonOf(err) != sample.ReasonNoValue {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
		r, err := newReader(tc.config)
		if err != nil || !strings.HasPrefix(r.accept(), tc.asked) || strings.Contains(r.accept(), "json") == (tc.config.Field == "") {
			t.Errorf("%s: asks for %s, %v", name, r.accept(), err)
		}
	}
}

func TestNewSaysWhatDoesNotRead(t *testing.T) {
	for text, c := range map[string]Config{
		`"a..b"`:    {Field: "a..b"},
		`".a"`:      {Field: "a", Counter: ".a"},
		`"u{"`:      {Series: "u{"},
		`"{a='1'}"`: {Series: "u", CounterSeries: "{a='1'}"},
	} {
		if _, err := New(c, fixed{}); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
