package activeusers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReport(t *testing.T) {
	tests := []struct{ accept, contentType, body string }{
		{"", "application/json", `{"active_users":2,"active_user_seconds_total":3.000000002}` + "\n"},
		{"text/plain", "text/plain; version=0.0.4; charset=utf-8", `# HELP active_users Users who are active now.
# TYPE active_users gauge
active_users 2
# HELP active_user_seconds_total Time integral of active_users since the start.
# TYPE active_user_seconds_total counter
active_user_seconds_total 3.000000002
`},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			distinct := NewDistinct(time.Minute, Header("X-User"))
			distinct.Enter("ann")
			distinct.Enter("bob")
			var inFlight InFlight
			inFlight.Enter()
			inFlight.Enter()
			time.Sleep(1500*time.Millisecond + time.Nanosecond)
			for name, users := range map[string]http.Handler{"in flight": &inFlight, "distinct": distinct} {
				r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
				r.Header.Set("Accept", tt.accept)
				w := httptest.NewRecorder()
				users.ServeHTTP(w, r)
				if diff := cmp.Diff(tt.body, w.Body.String()); diff != "" {
					t.Errorf("%s, Accept %q: body (-want +got):\n%s", name, tt.accept, diff)
				}
				want := http.Header{"Content-Type": {tt.contentType}, "Cache-Control": {"no-store"}, "Vary": {"Accept"}}
				if diff := cmp.Diff(want, w.Header()); diff != "" {
					t.Errorf("%s, Accept %q: header (-want +got):\n%s", name, tt.accept, diff)
				}
			}
		})
	}
}

func TestPrefersText(t *testing.T) {
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
		{"malformed weights", "text/plain;q=x, text/plain;q=nan", false},
		{"text", "text/plain", true},
		{"any text", "text/*", true},
		{"text before JSON", "application/json;q=0.2, text/plain", true},
		{"no JSON", "application/json;q=0, */*", true},
		{"no application", "application/*;q=0, */*", true},
		{"OpenMetrics", "application/openmetrics-text; version=1.0.0", true},
		{"Prometheus 3", "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
			"application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," +
			"text/plain;version=0.0.4;q=0.3,*/*;q=0.2", true},
		{"Prometheus with protobuf", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;" +
			"encoding=delimited;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", true},
	}
	for _, tt := range tests {
		if got := prefersText(tt.accept); got != tt.want {
			t.Errorf("%s: prefersText(%q) = %v, want %v", tt.name, tt.accept, got, tt.want)
		}
	}
}

// FuzzPrefersText: whoever gets text has asked for it, or for anything.
func FuzzPrefersText(f *testing.F) {
	for _, seed := range []string{
		"", "*/*", "text/plain;q=0.5, application/json;q=nan", "a/b;c=d;q=1e999,,;", "text/*;q=0.1,application/*;q=0",
		"application/openmetrics-text; version=1.0.0", "application/json;q=0, */*",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		if !prefersText(accept) {
			return
		}
		lower := strings.ToLower(accept)
		for _, asked := range []string{"text/plain", "text/*", "openmetrics", "protobuf", "*/*"} {
			if strings.Contains(lower, asked) {
				return
			}
		}
		t.Errorf("%q got text", accept)
	})
}
