package plan

import (
	"strings"
	"testing"
	"time"
)

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		name    string
		options Options
		want    string // part of the error; empty: valid
	}{
		{"default", Options{Name: DefaultName, HPASyncPeriod: DefaultHPASyncPeriod}, ""},
		{"one letter", Options{Name: "a", HPASyncPeriod: time.Second}, ""},
		{"longest", Options{Name: strings.Repeat("a", MaxName), HPASyncPeriod: time.Second}, ""},
		{"too long", Options{Name: strings.Repeat("a", MaxName+1), HPASyncPeriod: time.Second}, "at most 40"},
		{"empty", Options{HPASyncPeriod: time.Second}, `name ""`},
		{"upper case", Options{Name: "Test", HPASyncPeriod: time.Second}, `name "Test"`},
		{"outer dash", Options{Name: "test-", HPASyncPeriod: time.Second}, `name "test-"`},
		{"a way out", Options{Name: "../etc", HPASyncPeriod: time.Second}, `name "../etc"`},
		{"two lines", Options{Name: "a\nb", HPASyncPeriod: time.Second}, `name "a\nb"`},
		{"too often", Options{Name: "a", HPASyncPeriod: 999 * time.Millisecond}, "hpa-sync-period 999ms: must be at least 1s"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.options.Validate()
			if test.want == "" && err != nil {
				t.Errorf("got %v, want no error", err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

// The kernel takes 107 bytes for the path of a socket.
func TestLongestSocket(t *testing.T) {
	l := Layout{Dir: "/var/lib/localkube/" + strings.Repeat("a", MaxName)}
	if n := len(l.Socket()); n > 107 {
		t.Errorf("the control socket's path has %d bytes", n)
	}
}
