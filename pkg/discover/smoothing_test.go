package discover

import (
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/smoothing"
)

func TestOverrideOf(t *testing.T) {
	limits := smoothing.Limits{Min: time.Second, Max: time.Minute}
	for name, tc := range map[string]struct {
		annotations string // KEY=VALUE, without the prefix
		rise, fall  time.Duration
		problems    []string
	}{
		"none":             {"other=1", -1, -1, nil},
		"rise":             {"rise-half-life=20s", 20 * time.Second, -1, nil},
		"both, the limits": {"rise-half-life=1s fall-half-life=1m", time.Second, time.Minute, nil},
		"alpha":            {"alpha=0.5", 5 * time.Second, 5 * time.Second, nil},
		"too short": {"rise-half-life=999ms", -1, -1,
			[]string{`userscale.dev/rise-half-life: "999ms" is not in 1s to 1m0s, the smoothingLimits`}},
		"too long": {"fall-half-life=61s rise-half-life=2s", -1, -1, []string{`userscale.dev/fall-half-life: "61s" is not in 1s to 1m0s`}},
		"alpha at once": {"alpha=1", -1, -1,
			[]string{`userscale.dev/alpha: "1" stands for a half-life of 0s, which is not in 1s to 1m0s, the smoothingLimits`}},
		"alpha too small":     {"alpha=0.01", -1, -1, []string{`"0.01" stands for a half-life of 5m44.838s, which is not in 1s to 1m0s`}},
		"no alpha":            {"alpha=2", -1, -1, []string{"userscale.dev/alpha: alpha: 2 is not in (0, 1]"}},
		"not a number":        {"alpha=x", -1, -1, []string{`userscale.dev/alpha: "x" is not a number`}},
		"negative":            {"rise-half-life=-1s", -1, -1, []string{`"-1s" is not a duration of 0s or more`}},
		"every error at once": {"rise-half-life=soon fall-half-life=2h", -1, -1, []string{"rise-half-life", "fall-half-life"}},
		"both ways":           {"alpha=0.5 fall-half-life=5s", -1, -1, []string{"give either it or half-lives, not both"}},
	} {
		annotations := map[string]string{}
		for pair := range strings.FieldsSeq(tc.annotations) {
			key, value, _ := strings.Cut(pair, "=")
			annotations[annotationPrefix+key] = value
		}
		got := overrideOf(annotations, limits)
		unset := smoothing.HalfLives{Rise: -1, Fall: -1}
		if h := got.Apply(unset); h.Rise != tc.rise || h.Fall != tc.fall {
			t.Errorf("%s: %+v, want %v and %v", name, h, tc.rise, tc.fall)
		}
		if (got.Problem == "") != (tc.problems == nil) {
			t.Errorf("%s: problem %q", name, got.Problem)
		}
		for _, want := range tc.problems {
			if !strings.Contains(got.Problem, want) {
				t.Errorf("%s: problem %q, want %q in it", name, got.Problem, want)
			}
		}
	}
}
