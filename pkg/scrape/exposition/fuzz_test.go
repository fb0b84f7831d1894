package exposition

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"userscale.dev/userscale/pkg/sample"
)

// FuzzSums: what is summed are usable numbers that stand in the body, as another library reads it.
func FuzzSums(f *testing.F) {
	f.Add(asText, []byte(page), "u", `wait_sum`)
	f.Add(asText, []byte("u{a=\"1\"} 4 1700000000000\nu{a=\"2\"} 5e0\n"), `u{a!="1"}`, "u")
	f.Add(asText, []byte("{\"u\", a=\"\\n\"} 0x1\nu NaN\n"), "u", `u{a="\n"}`)
	f.Add(asText, []byte("u{} 1\nu 1\n"), "u", `{"u"}`)
	f.Add(asText, []byte("# TYPE u summary\nu{quantile=\"0.5\"} 1\nu_sum 1\nu_count 1\n"), "u", "u_count")
	f.Add(asOpenMetrics, []byte(page+"# EOF\n"), "u", "u_total")
	f.Add(asOpenMetrics, []byte("# TYPE u counter\n# UNIT u_s s\nu_total{a=\"1\"} 4 1.5 # {t=\"1\"} 1 2\nu_created{a=\"1\"} 1\n# EOF\n"), "u_total", "u_created")
	f.Add(asProtobuf, []byte(delimited(f, page)), "u", `bad{kind="fine"}`)
	f.Add(asProtobuf, []byte(delimited(f, "# TYPE u histogram\nu_bucket{le=\"1\"} 1\nu_bucket{le=\"+Inf\"} 1\nu_sum 1\nu_count 1\n")), "u_sum", "u_bucket")
	f.Add(asProtobuf, []byte("\x00\x04\x0a\x01u\x22\x00"), "u", "u")
	f.Add("text/html", []byte("u 1\n"), "u", "v")
	f.Fuzz(func(t *testing.T, contentType string, body []byte, first, second string) {
		a, errA := Parse(first)
		b, errB := Parse(second)
		if errA != nil || errB != nil {
			return
		}
		original := bytes.Clone(body)
		sums, err := Sums(contentType, body, a, b)
		if err != nil {
			if reasonOf(err) != sample.ReasonMalformed {
				t.Errorf("the body is refused for another reason: %v", err)
			}
			return
		}
		if !bytes.Equal(original, body) {
			t.Error("the body was changed")
		}
		for i, s := range []Selector{a, b} {
			checkSum(t, contentType, body, s, sums[i])
			alone, err := Sums(contentType, body, s)
			if err != nil || alone[0].Value != sums[i].Value || alone[0].Series != sums[i].Series || (alone[0].Err == nil) != (sums[i].Err == nil) {
				t.Errorf("%v alone is %+v, %v, beside another %+v", s, alone, err, sums[i])
			}
		}
	})
}

func checkSum(t *testing.T, contentType string, body []byte, s Selector, got Sum) {
	t.Helper()
	if got.Err != nil {
		if r := reasonOf(got.Err); r != sample.ReasonNoValue && r != sample.ReasonOutOfRange {
			t.Errorf("%v is refused as %q: %v", s, r, got.Err)
		}
		return
	}
	if !(got.Value >= 0) || math.IsInf(got.Value, 0) || got.Series == 0 && (got.Value != 0 || !got.Time.IsZero()) {
		t.Errorf("%v is %+v", s, got)
	}
	list, err := List(contentType, body, s.name)
	if err != nil {
		t.Fatalf("the sum has %d series, the list: %v", got.Series, err)
	}
	sum, n := 0.0, 0
	for _, series := range list {
		if s.match(series.Labels) {
			sum, n = sum+series.Value, n+1
		}
	}
	if n != got.Series || sum != got.Value {
		t.Errorf("%v is %+v, but the list has %d series of %v", s, got, n, sum)
	}
	if read, ok := otherwise(contentType, body); ok && len(s.labels) == 0 {
		checkFamilies(t, s.name, read, got)
	}
}

// otherwise reads the body with the library of Prometheus' clients, which knows two of the formats.
func otherwise(contentType string, body []byte) ([]*dto.MetricFamily, bool) {
	switch contentType {
	case asText:
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
		var list []*dto.MetricFamily
		for _, f := range families {
			list = append(list, f)
		}
		return list, err == nil
	case asProtobuf:
		decoder := expfmt.NewDecoder(bytes.NewReader(body), expfmt.NewFormat(expfmt.TypeProtoDelim))
		var list []*dto.MetricFamily
		for {
			var f dto.MetricFamily
			if err := decoder.Decode(&f); err != nil {
				return list, errors.Is(err, io.EOF)
			}
			list = append(list, &f)
		}
	}
	return nil, false
}

// several says whether a metric of the type has more series than one.
func several(t dto.MetricType) bool {
	return t == dto.MetricType_SUMMARY || t == dto.MetricType_HISTOGRAM || t == dto.MetricType_GAUGE_HISTOGRAM
}

// checkFamilies compares with the values that the families have under that name.
func checkFamilies(t *testing.T, name string, families []*dto.MetricFamily, got Sum) {
	t.Helper()
	var values []float64
	for _, f := range families {
		if several(f.GetType()) && strings.HasPrefix(name, f.GetName()) {
			return // its sum and count have no families of their own
		}
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			switch {
			case f.GetType() == dto.MetricType_GAUGE && m.Gauge != nil:
				values = append(values, m.GetGauge().GetValue())
			case f.GetType() == dto.MetricType_COUNTER && m.Counter != nil:
				values = append(values, m.GetCounter().GetValue())
			case f.GetType() == dto.MetricType_UNTYPED && m.Untyped != nil:
				values = append(values, m.GetUntyped().GetValue())
			}
		}
	}
	sum := 0.0
	for _, v := range slices.Backward(values) { // any order will do but for the last bits
		sum += v
	}
	if len(values) != got.Series || math.Abs(sum-got.Value) > 1e-9*sum {
		t.Errorf("%s is %+v, another library reads %v", name, got, values)
	}
}
