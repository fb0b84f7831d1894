package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"userscale.dev/userscale/loadgen/internal/request"
	"userscale.dev/userscale/picture"
)

// compared is threeSeconds beside a run at twice the rate, of a second, without a success.
func compared() *Comparison {
	b := threeSeconds()
	b.Load, b.KeepAlive = "20", true
	b.Requests, b.Successes, b.Errors, b.Rate, b.ElapsedSeconds = 3, 0, 3, 3, 1
	b.ErrorsByKind = map[request.Kind]int64{"status_503": 3}
	b.Latency.All.P50, b.Latency.Successes = 0.15, nil
	b.Series.Seconds = b.Series.Seconds[:1]
	return &Comparison{A: threeSeconds(), B: b, NameA: "before.json", NameB: "after.json"}
}

func TestCompareText(t *testing.T) {
	var out bytes.Buffer
	if err := compared().WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := `A  before.json, 2026-01-02 03:04:05 UTC
   stream  http://host/stream?duration_ms=100
   open loop: 10/s for 2.5s, even, at most 50 in flight, a new connection per request, seed 1
B  after.json, 2026-01-02 03:04:05 UTC
   stream  http://host/stream?duration_ms=100
   open loop: 20/s for 2.5s, even, at most 50 in flight, connections reused, seed 1

Not the same load:
  keepAlive: false in A, true in B
  load: "10" in A, "20" in B

                          A      B  B − A  B / A
  requests               25      3    −22   0.12
  per second           10.0    3.0   −7.0    0.3
  elapsed              2.5s     1s  −1.5s    0.4
  successes              14      0    −14      0
  errors                 11      3     −8  0.273
    status_503            2      3     +1    1.5
    timeout               9      0     −9      0
  cut off                 0      0      0      –
  connections            20     20      0      1
  own CPU              60ms   60ms      0      1
  min of all          100ms  100ms      0      1
  mean of all         200ms  200ms      0      1
  p50 of all          100ms  150ms  +50ms    1.5
  p90 of all          200ms  200ms      0      1
  p95 of all          300ms  300ms      0      1
  p99 of all          400ms  400ms      0      1
  p99.9 of all        500ms  500ms      0      1
  max of all          600ms  600ms      0      1
  min of successes    100ms      –      –      –
  mean of successes   100ms      –      –      –
  p50 of successes    100ms      –      –      –
  p90 of successes    100ms      –      –      –
  p95 of successes    100ms      –      –      –
  p99 of successes    100ms      –      –      –
  p99.9 of successes  100ms      –      –      –
  max of successes    100ms      –      –      –
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("comparison (-want +got):\n%s", diff)
	}
}

func TestCompareTheSameLoad(t *testing.T) {
	var out bytes.Buffer
	if err := (&Comparison{A: threeSeconds(), B: threeSeconds()}).WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "Not the same") {
		t.Errorf("a load differs from itself:\n%s", out.String())
	}
}

// What only one run was asked for is a difference.
func TestCompareOpenWithClosed(t *testing.T) {
	c := compared()
	c.B.Loop, c.B.Arrivals = closedLoop, ""
	if got := strings.Join(c.differences(), "\n"); !strings.Contains(got, `arrivals: "even" in A, nothing in B`) {
		t.Errorf("differences: %s", got)
	}
}

// Both runs are on one axis; the shorter one has nothing after its end.
func TestComparePicture(t *testing.T) {
	p := compared().Picture()
	none := picture.Absent()
	if diff := cmp.Diff(picture.Values{9, 0, 32}, curveOf(t, p, "done", "A")); diff != "" {
		t.Errorf("A (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(picture.Values{9, none, none}, curveOf(t, p, "done", "B"), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("B (-want +got):\n%s", diff)
	}
	if len(p.Remarks) != 1 || !strings.Contains(p.Remarks[0], `load: "10" in A, "20" in B`) {
		t.Errorf("remarks %q, want what differs", p.Remarks)
	}
}
