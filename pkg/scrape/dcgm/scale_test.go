package dcgm

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func beginsAndHas(text, prefix, part string) bool {
	return strings.HasPrefix(text, prefix) && strings.Contains(text, part)
}

// A field that is called a ratio and shows percent is found out by one GPU's value, for all of the exporter's GPUs, and until it shows
// fractions again.
func TestRatioThatIsPercent(t *testing.T) {
	const name = "DCGM_FI_DEV_GPU_UTIL_RATIO"
	at := func(a, b, other float64) []Series {
		return []Series{
			one(name+" UUID=G1 namespace=ml pod=a instance=n1:9400", a, 5), one(name+" UUID=G2 namespace=ml pod=b instance=n1:9400", b, 5),
			one(name+" UUID=G3 namespace=ml pod=c instance=n2:9400", other, 5),
		}
	}
	const taken = "; the ratio is above 1, taken for percent"
	attributor := newAttributor(defaults())
	for i, step := range []struct {
		a, b, other float64
		want        map[string]string
	}{
		{0, 0.5, 1, map[string]string{"a": "0", "b": "50", "c": "100"}},
		{37, 1, 1, map[string]string{"a": "37" + taken, "b": "1" + taken, "c": "100"}},
		{1, 0, 1, map[string]string{"a": "1" + taken, "b": "0" + taken, "c": "100"}},
		{1, 1, 1.005, map[string]string{"a": "1" + taken, "b": "1" + taken, "c": "100"}}, // rounding of a full ratio
		{0.25, 1, 0.5, map[string]string{"a": "25", "b": "100", "c": "50"}},
	} {
		got := outcome(attributor, at(step.a, step.b, step.other))
		for pod, text := range got {
			value, note, _ := strings.Cut(text, " at 5: ")
			if strings.HasSuffix(note, taken) {
				value += taken
			}
			got[pod] = value
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
	}
}

// An exporter that is away is remembered for a while, not for good.
func TestScalesForget(t *testing.T) {
	a := newAttributor(defaults())
	series := []Series{one("DCGM_FI_PROF_GR_ENGINE_ACTIVE UUID=G1 job=j instance=i", 50, 0)}
	if changed := a.learn(series, t0); len(changed) != 1 || changed[0] != (exporterField{"j", "i", "DCGM_FI_PROF_GR_ENGINE_ACTIVE"}) {
		t.Errorf("changed: %v", changed)
	}
	if changed := a.learn(nil, t0.Add(rememberScale)); len(changed) != 0 || len(a.scales) != 1 {
		t.Errorf("changed %v, scales %v: want the exporter remembered", changed, a.scales)
	}
	if a.learn(nil, t0.Add(rememberScale+time.Second)); len(a.scales) != 0 {
		t.Errorf("scales are %v, want none", a.scales)
	}
}
