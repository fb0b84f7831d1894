package options

import (
	"strings"
	"testing"
	"time"
)

func TestWatch(t *testing.T) {
	var w Watch
	if err := w.Parse(strings.Fields("--hpa web --out run.jsonl")); err != nil {
		t.Fatal(err)
	}
	if want := (Watch{Out: "run.jsonl", HPA: "web", Length: 15 * time.Minute, Hold: 15 * time.Second}); w != want {
		t.Errorf("defaults: %+v", w)
	}
	line := "--hpa web --out run.jsonl --namespace shop --kubeconfig k --config c.yaml --duration 1h --hold 30s"
	if err := w.Parse(strings.Fields(line)); err != nil {
		t.Fatal(err)
	}
	if want := (Watch{"run.jsonl", "web", "shop", "k", "c.yaml", time.Hour, 30 * time.Second}); w != want {
		t.Errorf("got %+v", w)
	}
}
