package pods

import (
	"strings"
	"testing"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

func TestParse(t *testing.T) {
	const asJSON, asText = "application/json", "text/plain; version=0.0.4"
	for name, tc := range map[string]struct {
		contentType, body, field string
		want                     float64
		reason                   sample.Reason
	}{
		"json":                     {asJSON, `{"active_users": 7.5, "x": [1]}`, "active_users", 7.5, ""},
		"json zero":                {asJSON, `{"active_users": 0}`, "active_users", 0, ""},
		"json dotted":              {asJSON, `{"load": {"users": 3}}`, "load.users", 3, ""},
		"json with charset":        {"application/json; charset=utf-8", `{"u": 1}`, "u", 1, ""},
		"json missing":             {asJSON, `{"active": 1}`, "active_users", 0, sample.ReasonNoValue},
		"json null":                {asJSON, `{"u": null}`, "u", 0, sample.ReasonNoValue},
		"json text":                {asJSON, `{"u": "5"}`, "u", 0, sample.ReasonNoValue},
		"json negative":            {asJSON, `{"u": -1}`, "u", 0, sample.ReasonOutOfRange},
		"json huge":                {asJSON, `{"u": 1e400}`, "u", 0, sample.ReasonOutOfRange},
		"json cut off after value": {asJSON, `{"u": 1, "v`, "u", 0, sample.ReasonMalformed},
		"json NaN":                 {asJSON, `{"u": NaN}`, "u", 0, sample.ReasonMalformed},
		"json trailing":            {asJSON, `{"u": 1} x`, "u", 0, sample.ReasonMalformed},
		"json nested deep":         {asJSON, strings.Repeat("[", 1<<20), "u", 0, sample.ReasonMalformed},
		"json string":              {asJSON, ` "[7]"`, "0", 0, sample.ReasonNoValue},
		"json number":              {asJSON, `7`, "u", 0, sample.ReasonNoValue},
		"empty":                    {asJSON, ``, "u", 0, sample.ReasonMalformed},
		"html":                     {"text/html", `{"u": 1}`, "u", 0, sample.ReasonMalformed},
		"no content type":          {"", `{"u": 1}`, "u", 0, sample.ReasonMalformed},
		"text gauge":               {asText, "# TYPE u gauge\nu 4\n", "u", 4, ""},
		"text untyped":             {asText, "u 4\n", "u", 4, ""},
		"text sum of series":       {asText, "# TYPE u counter\nu{a=\"1\"} 4\nu{a=\"2\"} 5\n", "u", 9, ""},
		"text missing":             {asText, "v 4\n", "u", 0, sample.ReasonNoValue},
		"text NaN":                 {asText, "u NaN\n", "u", 0, sample.ReasonOutOfRange},
		"text histogram":           {asText, "# TYPE u histogram\nu_bucket{le=\"+Inf\"} 1\nu_sum 1\nu_count 1\n", "u", 0, sample.ReasonNoValue},
		"text malformed":           {asText, "u{ 4\n", "u", 0, sample.ReasonMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parse(tc.contentType, []byte(tc.body), tc.field, "")
			if tc.reason != "" {
				if err == nil || fetch.ReasonOf(err) != tc.reason {
					t.Fatalf("got %v, %v (%s), want reason %s", got, err, fetch.ReasonOf(err), tc.reason)
				}
				return
			}
			if err != nil || got.value != tc.want || got.hasCounter {
				t.Errorf("got %v, %v, want %v", got, err, tc.want)
			}
		})
	}
}

// TestParseCounter: a counter that is not there is no failure, one that cannot be a counter is.
func TestParseCounter(t *testing.T) {
	const asJSON, asText = "application/json", "text/plain; version=0.0.4"
	for name, tc := range map[string]struct {
		contentType, body string
		want              reading
		reason            sample.Reason
	}{
		"json":               {asJSON, `{"u": 7, "s_total": 80.5}`, reading{7, 80.5, true}, ""},
		"json missing":       {asJSON, `{"u": 7}`, reading{7, 0, false}, ""},
		"json null":          {asJSON, `{"u": 7, "s_total": null}`, reading{7, 0, false}, ""},
		"json negative":      {asJSON, `{"u": 7, "s_total": -1}`, reading{}, sample.ReasonOutOfRange},
		"json text":          {asJSON, `{"u": 7, "s_total": "80"}`, reading{}, sample.ReasonOutOfRange},
		"json without field": {asJSON, `{"s_total": 80}`, reading{}, sample.ReasonNoValue},
		"text":               {asText, "u 7\ns_total{a=\"1\"} 80\ns_total{a=\"2\"} 1\n", reading{7, 81, true}, ""},
		"text missing":       {asText, "u 7\n", reading{7, 0, false}, ""},
		"text NaN":           {asText, "u 7\ns_total NaN\n", reading{}, sample.ReasonOutOfRange},
		"text histogram":     {asText, "u 7\n# TYPE s_total histogram\ns_total_sum 1\ns_total_count 1\n", reading{}, sample.ReasonOutOfRange},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parse(tc.contentType, []byte(tc.body), "u", "s_total")
			if got != tc.want || (err != nil) != (tc.reason != "") || err != nil && fetch.ReasonOf(err) != tc.reason {
				t.Errorf("got %+v, %v, want %+v %s", got, err, tc.want, tc.reason)
			}
		})
	}
}
