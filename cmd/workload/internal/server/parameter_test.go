package server

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBadParameters(t *testing.T) {
	s := newServer(t)
	tests := []struct {
		target string
		want   refusal
	}{
		{"/matrix?size=0", refusal{Field: "size", Value: "0", Allowed: "a whole number from 1 to 100"}},
		{"/matrix?size=101", refusal{Field: "size", Value: "101", Allowed: "a whole number from 1 to 100"}},
		{"/matrix?size=-1", refusal{Field: "size", Value: "-1", Allowed: "a whole number from 1 to 100"}},
		{"/matrix?size=", refusal{Field: "size", Value: "", Allowed: "a whole number from 1 to 100"}},
		{"/matrix?size=1.5", refusal{Field: "size", Value: "1.5", Allowed: "a whole number from 1 to 100"}},
		{"/matrix?size=1e2", refusal{Field: "size", Value: "1e2", Allowed: "a whole number from 1 to 100"}},
		{"/matrix?size=99999999999999999999", refusal{Field: "size", Value: "99999999999999999999", Allowed: "a whole number from 1 to 100"}},
		{"/matrix?size=1&size=2", refusal{Field: "size", Value: "[1 2]", Allowed: "given once"}},
		{"/matrix?size=%zz", refusal{Field: "query", Value: "size=%zz", Allowed: "a well-formed query"}},
		{"/stream?duration_ms=60001", refusal{Field: "duration_ms", Value: "60001", Allowed: "a whole number from 1 to 60000"}},
		{"/gpu_job?work_ms=10001", refusal{Field: "work_ms", Value: "10001", Allowed: "a whole number from 1 to 10000"}},
	}
	for _, tt := range tests {
		w := ask(s, "GET", tt.target)
		if w.Code != http.StatusBadRequest || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s, want 400 and JSON", tt.target, w.Code, w.Header().Get("Content-Type"))
		}
		tt.want.Message = tt.want.Field + ": " + strconv.Quote(tt.want.Value) + " is not allowed, must be " + tt.want.Allowed
		var got refusal
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Errorf("%s: %v", tt.target, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.target, diff)
		}
	}
	r := askReport(t, s)
	if e := r.Endpoints["/matrix"]; e.Count != 9 || e.Errors != 9 || e.LatencyMS != nil {
		t.Errorf("/matrix counted %+v, want 9 errors and no latency", e)
	}
}
