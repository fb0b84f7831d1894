package options

import (
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/simulate"
)

func TestVerify(t *testing.T) {
	var v Verify
	if err := v.Parse([]string{"--recording", "run.jsonl"}); err != nil || v != (Verify{Recording: "run.jsonl", Controller: simulate.Defaults().Controller}) {
		t.Errorf("%+v, %v", v, err)
	}
	err := v.Parse([]string{"--recording=run.jsonl", "--json=verified.json", "--sync-period=5s", "--downscale-stabilization=1m", "--tolerance=0",
		"--cpu-initialization-period=1m", "--initial-readiness-delay=10s"})
	want := simulate.Controller{SyncPeriod: 5 * time.Second, DownscaleStabilization: time.Minute, CPUInitializationPeriod: time.Minute, InitialReadinessDelay: 10 * time.Second}
	if err != nil || v.JSON != "verified.json" || v.Controller != want {
		t.Errorf("%+v, %v", v, err)
	}
	if err := v.Parse([]string{"--sync-period=0s"}); err == nil || !strings.Contains(err.Error(), "--recording is missing") || !strings.Contains(err.Error(), `--sync-period "0s": allowed: from 1s to 1h`) {
		t.Errorf("%v", err)
	}
	for _, name := range []string{"--recording", "--json"} {
		if _, rest, found := strings.Cut(Usage, "replay verify: "); !found || !strings.Contains(rest, name) {
			t.Errorf("%s is not in the usage", name)
		}
	}
}
