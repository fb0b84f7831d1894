package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPeersAreUnderstood(t *testing.T) {
	tests := []struct {
		peer peer
		text string
		want latency
	}{
		{wrk(""), "Requests/sec: 26.4\nCOUNT 535\nP50 38211\nP95 130100.0\nP99 186000\n", latency{P50: 0.038211, P95: 0.1301, P99: 0.186}},
		{hey(), "Latency distribution:\n  10%% in 0.0152 secs\n  50%% in 0.0382 secs\n  95% in 0.1301 secs\n  99% in 0.1860 secs\n" +
			"Status code distribution:\n  [200]\t535 responses\n", latency{P50: 0.0382, P95: 0.1301, P99: 0.186}},
	}
	for _, test := range tests {
		got, err := test.peer.understand([]byte(test.text))
		if err != nil || got.requests != 535 {
			t.Errorf("%s: got %d requests, %v; want 535", test.peer.name, got.requests, err)
		}
		if diff := cmp.Diff(test.want, got.latency, near); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.peer.name, diff)
		}
		if _, err := test.peer.understand([]byte("something else")); err == nil {
			t.Errorf("%s: something else is understood", test.peer.name)
		}
	}
}

var near = cmp.Comparer(func(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 })

func TestQuantile(t *testing.T) {
	var all []time.Duration
	for i := range 200 {
		all = append(all, time.Duration((i*73)%200+1))
	}
	for q, want := range map[float64]time.Duration{0.5: 100, 0.95: 190, 0.99: 198, 1: 200, 0.001: 1} {
		if got := quantile(all, q); got != want {
			t.Errorf("quantile %v is %d, want %d", q, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("of nothing: %d", got)
	}
}
