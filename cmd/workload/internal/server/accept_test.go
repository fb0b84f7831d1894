package server

import "testing"

func TestWantsText(t *testing.T) {
	tests := []struct {
		name   string
		accept string
		want   bool
	}{
		{"none", "", false},
		{"anything", "*/*", false},
		{"JSON", "application/json", false},
		{"JSON with a charset", "application/json; charset=utf-8", false},
		{"JSON before text", "application/json, text/plain;q=0.5", false},
		{"JSON and text alike", "text/plain, application/json", false},
		{"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false},
		{"something else", "image/png", false},
		{"malformed", ";;,/,q=", false},
		{"text", "text/plain", true},
		{"any text", "text/*", true},
		{"text before JSON", "application/json;q=0.2, text/plain", true},
		{"no JSON", "application/json;q=0, */*", true},
		{"OpenMetrics", "application/openmetrics-text; version=1.0.0", true},
		{"Prometheus 3", "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
			"application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," +
			"text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true},
		{"Prometheus with protobuf", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;" +
			"encoding=delimited;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", true},
	}
	for _, tt := range tests {
		if got := wantsText(tt.accept); got != tt.want {
			t.Errorf("%s: wantsText(%q) = %v, want %v", tt.name, tt.accept, got, tt.want)
		}
	}
}
