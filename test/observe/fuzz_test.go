package observe

import (
	"strings"
	"testing"
	"time"
)

// FuzzRescaleOf: the message of an event gives the new size and the reason as the controller wrote them, or is itself the reason.
func FuzzRescaleOf(f *testing.F) {
	for _, seed := range []string{
		"New size: 5; reason: All metrics below target", combined + "New size: 2; reason: pods metric a above target; reason: b",
		"New size: 99999999999999999999; reason: x", "New size: -1", "New size: 5x; reason: ", combined + combined, "; reason: New size: 1", "",
	} {
		f.Add(seed)
	}
	now := time.Unix(1000, 0)
	f.Fuzz(func(t *testing.T, message string) {
		e := event("a", 1, now, message)
		got := rescaleOf(&e, Observation{Time: now, Current: 6})
		if got.From != 6 || !got.Time.Equal(now) || !strings.HasSuffix(message, got.Reason) {
			t.Errorf("%q: read as %+v", message, got)
		}
		plain, isCombined := strings.CutPrefix(message, combined)
		e.Message = plain
		if again := rescaleOf(&e, Observation{Time: now, Current: 6}); isCombined && got.To != 0 && (again.To != got.To || again.Reason != got.Reason) {
			t.Errorf("%q: read as %+v, and uncombined as %+v", message, got, again)
		}
	})
}
