package exposition

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/labels"

	"userscale.dev/userscale/pkg/sample"
)

const (
	asText        = "text/plain; version=0.0.4; charset=utf-8"
	asOpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
	asProtobuf    = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
)

// delimited reads Prometheus text and writes protobuf, with the library that the others use.
func delimited(t testing.TB, text string) string {
	t.Helper()
	parser := expfmt.NewTextParser(1) // model.LegacyValidation
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	encoder := expfmt.NewEncoder(&body, expfmt.NewFormat(expfmt.TypeProtoDelim))
	for _, f := range families {
		if err := encoder.Encode(f); err != nil {
			t.Fatal(err)
		}
	}
	return body.String()
}

func encode(t testing.TB, families ...*dto.MetricFamily) string {
	t.Helper()
	var body bytes.Buffer
	encoder := expfmt.NewEncoder(&body, expfmt.NewFormat(expfmt.TypeProtoDelim))
	for _, f := range families {
		if err := encoder.Encode(f); err != nil {
			t.Fatal(err)
		}
	}
	return body.String()
}

// page is what an application might expose; each format has it.
const page = `# HELP u Users, "by" tier.
# TYPE u gauge
u{tier="free"} 4
u{tier="paid",region="eu"} 5
u{tier="internal"} 100
# TYPE users gauge
users 1000
# TYPE u_total counter
u_total 80.5
# TYPE wait histogram
wait_bucket{le="1"} 1
wait_bucket{le="+Inf"} 3
wait_sum 7
wait_count 3
# TYPE size summary
size{quantile="0.5"} 10
size_sum 20
size_count 2
# TYPE bad gauge
bad{kind="nan"} NaN
bad{kind="inf"} +Inf
bad{kind="down"} -Inf
bad{kind="negative"} -1
bad{kind="fine"} 3
# TYPE huge gauge
huge{a="1"} 1e308
huge{a="2"} 1e308
`

func TestSelect(t *testing.T) {
	bodies := map[string]string{
		asText:        page,
		asOpenMetrics: strings.ReplaceAll(page, "# TYPE u_total counter", "# TYPE u_total unknown") + "# EOF\n",
		asProtobuf:    delimited(t, page),
	}
	for _, tc := range []struct {
		selector string
		want     float64
		series   int // 0: absent
		reason   sample.Reason
	}{
		{"u", 109, 3, ""},
		{`u{tier="free"}`, 4, 1, ""},
		{`u{tier!="internal"}`, 9, 2, ""},
		{`u{tier=~"free|paid"}`, 9, 2, ""},
		{`u{tier!~"f.*",region=""}`, 100, 1, ""},
		{`u{region!=""}`, 5, 1, ""},
		{`{__name__="u",tier="paid"}`, 5, 1, ""},
		{`{"u",tier="paid"}`, 5, 1, ""},
		{`u{tier="none"}`, 0, 0, ""},
		{"user", 0, 0, ""},
		{"users", 1000, 1, ""},
		{"u_total", 80.5, 1, ""},
		{"wait", 0, 0, sample.ReasonNoValue},
		{"wait_bucket", 0, 0, sample.ReasonNoValue},
		{`wait_bucket{le="1.0"}`, 0, 0, sample.ReasonNoValue},
		{"wait_sum", 7, 1, ""},
		{"wait_count", 3, 1, ""},
		{"size", 0, 0, sample.ReasonNoValue},
		{`size{quantile="0.5"}`, 0, 0, sample.ReasonNoValue},
		{"size_sum", 20, 1, ""},
		{"size_count", 2, 1, ""},
		{"bad", 0, 0, sample.ReasonOutOfRange},
		{`bad{kind="nan"}`, 0, 0, sample.ReasonOutOfRange},
		{`bad{kind="inf"}`, 0, 0, sample.ReasonOutOfRange},
		{`bad{kind="down"}`, 0, 0, sample.ReasonOutOfRange},
		{`bad{kind=~"negative|fine"}`, 0, 0, sample.ReasonOutOfRange}, // the sum would be 2
		{`bad{kind="fine"}`, 3, 1, ""},
		{"huge", 0, 0, sample.ReasonOutOfRange},
		{`huge{a="1"}`, 1e308, 1, ""},
	} {
		selector, err := Parse(tc.selector)
		if err != nil {
			t.Fatal(err)
		}
		for contentType, body := range bodies {
			sums, err := Sums(contentType, []byte(body), Named("users"), selector)
			if err != nil {
				t.Fatalf("%s: %v", contentType, err)
			}
			if sums[0].Value != 1000 || sums[0].Err != nil {
				t.Errorf("%s of %s: beside it users is %+v", tc.selector, contentType, sums[0])
			}
			got := sums[1]
			if tc.reason != "" {
				if reasonOf(got.Err) != tc.reason {
					t.Errorf("%s of %s: got %+v, want %s", tc.selector, contentType, got, tc.reason)
				}
				continue
			}
			if got.Err != nil || got.Series != tc.series || got.Series > 0 && got.Value != tc.want || !got.Time.IsZero() {
				t.Errorf("%s of %s: got %+v, want %v of %d", tc.selector, contentType, got, tc.want, tc.series)
			}
		}
	}
}

func reasonOf(err error) sample.Reason {
	var r *sample.Refusal
	if errors.As(err, &r) {
		return r.Reason
	}
	return ""
}

// TestBodies: one that is not well-formed to its end has no value at all.
func TestBodies(t *testing.T) {
	gauge := encode(t, &dto.MetricFamily{
		Name: ptr("u"), Type: dto.MetricType_GAUGE.Enum(), Metric: []*dto.Metric{{Gauge: &dto.Gauge{Value: ptr(4.0)}}},
	})
	valueless := encode(t, &dto.MetricFamily{
		Name: ptr("u"), Type: dto.MetricType_GAUGE.Enum(), Metric: []*dto.Metric{{Counter: &dto.Counter{Value: ptr(4.0)}}},
	}, &dto.MetricFamily{
		Name: ptr("v"), Type: dto.MetricType_COUNTER.Enum(), Metric: []*dto.Metric{{Counter: &dto.Counter{Value: ptr(4.0)}}, {}},
	})
	for name, tc := range map[string]struct {
		contentType, body, metric string
		want                      float64 // -1: absent, -2: refused
	}{
		"text untyped":            {asText, "u 4\n", "u", 4},
		"text zero":               {asText, "u 0\n", "u", 0},
		"text spaced":             {asText, "u {a=\"1\"} 4\n", "u", 4},
		"text quoted":             {asText, "{\"load.users\", a=\"\\n\"} 4\n", "load.users", 4},
		"text escaped":            {asText, "u{a=\"\\\"}\\\\\"} 4\n", "u", 4},
		"text another":            {asText, "uu 4\n", "u", -1},
		"text empty":              {asText, "", "u", -1},
		"text types":              {"Text/Plain ;version=1.0.0", "u 4\n", "u", 4},
		"text commas":             {asText, "u{a=\"1\",} 4\n", "u", 4},
		"text and later a part":   {asText, "# TYPE h histogram\nh_sum 1\nu 4\n", "u", 4},
		"text malformed after it": {asText, "u 4\nv{ 5\n", "u", -2},
		"text without value":      {asText, "u\n", "u", -2},
		"text not a number":       {asText, "u four\n", "u", -2},
		"text cut off":            {asText, "u 4\nv 12", "u", -2},
		"text NUL":                {asText, "u 4\n\x00\nv{", "u", -2},
		"text bad UTF-8":          {asText, "u 4\nv{a=\"\xff\"} 5\n", "u", -2},
		"text twice":              {asText, "u{a=\"1\",b=\"2\"} 4\nu{b=\"2\",a=\"1\"} 4\n", "u", -2},
		"text label twice":        {asText, "u{a=\"1\",a=\"2\"} 4\n", "u", -2},
		"text blank lines":        {asText, strings.Repeat("\n", blankLines) + "u 4\n" + strings.Repeat(" \n", blankLines), "u", 4},
		"text only blank lines":   {asText, strings.Repeat(" \t\n\n", 1<<18), "u", -2},
		"text one long line":      {asText, strings.Repeat("x", 1<<20), "u", -2},
		"openmetrics":             {asOpenMetrics, "# TYPE u gauge\nu 4\n# EOF\n", "u", 4},
		"openmetrics counter":     {asOpenMetrics, "# TYPE u counter\nu_total 4 # {trace=\"a\"} 1\nu_created 1\n# EOF\n", "u_total", 4},
		"openmetrics cut off":     {asOpenMetrics, "# TYPE u gauge\nu 4\n", "u", -2},
		"openmetrics goes on":     {asOpenMetrics, "u 4\n# EOF\nv 4\n", "u", -2},
		"openmetrics blank":       {asOpenMetrics, "u 4\n\n# EOF\n", "u", -2},
		"openmetrics NUL":         {asOpenMetrics, "u 4\n\x00# EOF\n", "u", -2},
		"protobuf":                {asProtobuf, gauge, "u", 4},
		"protobuf empty":          {asProtobuf, "", "u", -1},
		"protobuf of other kind":  {asProtobuf, valueless, "u", -1},
		"protobuf with a hole":    {asProtobuf, valueless, "v", 4},
		"protobuf cut off":        {asProtobuf, gauge[:len(gauge)-1], "u", -2},
		"protobuf goes on":        {asProtobuf, gauge + "\x05", "u", -2},
		"protobuf twice":          {asProtobuf, gauge + gauge, "u", -2},
		"protobuf of nothing":     {asProtobuf, strings.Repeat("\x00", 1<<20), "u", -2},
		"protobuf, text format":   {"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text", gauge, "u", -2},
		"html":                    {"text/html", "u 4\n", "u", -2},
		"no type":                 {"", "u 4\n", "u", -2},
	} {
		t.Run(name, func(t *testing.T) {
			sums, err := Sums(tc.contentType, []byte(tc.body), Named(tc.metric))
			if err != nil {
				if tc.want != -2 || reasonOf(err) != sample.ReasonMalformed || len(err.Error()) > 500 {
					t.Errorf("got %.600s (%d bytes), want %v", err, len(err.Error()), tc.want)
				}
				return
			}
			got := sums[0]
			if got.Series == 0 {
				got.Value = -1
			}
			if got.Value != tc.want || got.Err != nil {
				t.Errorf("got %+v, want %v", got, tc.want)
			}
		})
	}
}

// TestTimes: a body that says when its values were measured is believed, and a sum is as old as the oldest of them.
func TestTimes(t *testing.T) {
	at := time.UnixMilli(1_700_000_000_500)
	family := &dto.MetricFamily{Name: ptr("u"), Type: dto.MetricType_GAUGE.Enum()}
	for i, ms := range []*int64{ptr(at.UnixMilli() + 1), ptr(at.UnixMilli()), nil} {
		label := &dto.LabelPair{Name: ptr("i"), Value: ptr(strings.Repeat("i", i))}
		family.Metric = append(family.Metric, &dto.Metric{
			Gauge: &dto.Gauge{Value: ptr(1.0)}, TimestampMs: ms, Label: []*dto.LabelPair{label},
		})
	}
	for contentType, body := range map[string]string{
		asText:        "u{i=\"1\"} 1 1700000000501\nu{i=\"2\"} 1 1700000000500\nu 1\n",
		asOpenMetrics: "u{i=\"1\"} 1 1700000000.501\nu{i=\"2\"} 1 1700000000.5\nu 1\n# EOF\n",
		asProtobuf:    encode(t, family),
	} {
		sums, err := Sums(contentType, []byte(body), Named("u"))
		if err != nil || sums[0].Value != 3 || !sums[0].Time.Equal(at) {
			t.Errorf("%s: got %+v, %v, want 3 at %v", contentType, sums, err, at)
		}
	}
}

func TestList(t *testing.T) {
	for contentType, body := range map[string]string{
		asText: page, asOpenMetrics: page + "# EOF\n", asProtobuf: delimited(t, page),
	} {
		if contentType == asOpenMetrics {
			body = strings.ReplaceAll(body, "# TYPE u_total counter", "# TYPE u_total unknown")
		}
		list, err := List(contentType, []byte(body), "bad", "u_total", "wait")
		if err != nil {
			t.Fatal(err)
		}
		want := []Series{
			{Labels: labels.FromStrings("__name__", "bad", "kind", "nan"), Value: math.NaN()},
			{Labels: labels.FromStrings("__name__", "bad", "kind", "inf"), Value: math.Inf(1)},
			{Labels: labels.FromStrings("__name__", "bad", "kind", "down"), Value: math.Inf(-1)},
			{Labels: labels.FromStrings("__name__", "bad", "kind", "negative"), Value: -1},
			{Labels: labels.FromStrings("__name__", "bad", "kind", "fine"), Value: 3},
			{Labels: labels.FromStrings("__name__", "u_total"), Value: 80.5},
		}
		byText := cmpopts.SortSlices(func(a, b Series) bool { return a.Labels.String() < b.Labels.String() })
		sameLabels := cmp.Comparer(labels.Equal)
		if diff := cmp.Diff(want, list, byText, sameLabels, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", contentType, diff)
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{ // "": refused
		"active_users":                           "active_users",
		`active_users{tier!="internal"}`:         `active_users{tier!="internal"}`,
		`active_users{a="1", b=~"2",c!~"3"}`:     `active_users{a="1",b=~"2",c!~"3"}`,
		`{"load.users", a="1"}`:                  `load.users{a="1"}`,
		``:                                       "",
		`{a="1"}`:                                "",
		`{__name__=~"active.*"}`:                 "",
		`active_users{__name__="b"}`:             "",
		`{__name__="active_users",__name__="b"}`: "",
		`{__name__!="active_users",a="1"}`:       "",
		`load.users`:                             "",
		`active_users[5m]`:                       "",
		`sum(active_users)`:                      "",
		`active_users{a=~"("}`:                   "",
		`active_users offset 1m`:                 "",
		`active_users > 5`:                       "",
	} {
		got, err := Parse(text)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%s: got %v, %v, want %q", text, got, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "series") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func ptr[T any](v T) *T { return &v }
