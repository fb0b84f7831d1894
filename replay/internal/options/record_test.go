package options

import (
	"errors"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/replay/internal/search"
)

func TestRecord(t *testing.T) {
	var r Record
	if err := r.Parse(strings.Fields("--out t.csv --selector app=shop --namespace shop")); err != nil {
		t.Fatal(err)
	}
	if r.Metric != "active_users_raw" || r.Config.Step != time.Second || r.Config.Length != time.Hour || r.Config.Hold != 15*time.Second {
		t.Errorf("defaults: %+v", r)
	}
	if err := r.Parse(strings.Fields("--out t.csv --prometheus https://p:9090/base --query sum(x) --until 2026-01-02T03:04:05Z --step 1m --duration 24h")); err != nil {
		t.Fatal(err)
	}
	if r.Until.Unix() != 1767323045 || r.Config.Length != 24*time.Hour {
		t.Errorf("got %+v", r)
	}
	for line, want := range map[string]string{
		"--selector a=b": "--out is missing",
		"--out t.csv":    "allowed: either --selector, for a cluster, or --prometheus, with --query",
		"--out t --selector a --prometheus http://p":                           "allowed: either --selector",
		"--out t --prometheus http://p":                                        "--query is missing",
		"--out t --prometheus p:9090 --query x":                                `--prometheus "p:9090": allowed: a URL`,
		"--out t --selector a --query x":                                       "--query, --until and --http-config: allowed: with --prometheus",
		"--out t --prometheus http://p --query x --metric":                     "flag needs an argument",
		"--out t --prometheus http://p --query x --namespace n":                "--kubeconfig, --namespace and --metric: allowed: with --selector",
		"--out t --selector a --step 1500ms":                                   "step 1.5s: allowed: whole seconds",
		"--out t --selector a --step 1m --duration 1m":                         "duration 1m0s: allowed: from two steps",
		"--out t --prometheus http://p --query x --until yesterday":            `--until "yesterday": allowed: a time that has passed, as 2026-01-31T12:00:00Z`,
		"--out t --selector a --step soon":                                     `--step "soon": allowed: from 1s to 1h`,
		"--out t --selector a --hold 2h":                                       `--hold "2h": allowed: from 0s to 1h`,
		"--out t --selector a=b,,":                                             `--selector "a=b,,": allowed: a label selector, as app=shop,tier!=test`,
		"--out t --prometheus http://p --query x --until 2999-01-01T00:00:00Z": `--until "2999-01-01T00:00:00Z": allowed: a time that has passed`,
		"--out t --selector a --step 0s --hold 2h --prometheus ftp://":         `--prometheus "ftp://": allowed`,
	} {
		if err := r.Parse(strings.Fields(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", line, err, want)
		}
	}
	if err := r.Parse([]string{"--help"}); !errors.Is(err, ErrHelp) {
		t.Errorf("--help: %v", err)
	}
}

func TestGrid(t *testing.T) {
	parse := func(line string) (g search.Grid, err error) {
		p := NewParser()
		p.Grid(&g)
		return g, p.Parse(strings.Fields(line))
	}
	g, err := parse("--rise 0s,10s --fall 1m --target 7.5,10 --window 0s,5m --alpha 0.3")
	if err != nil || len(g.Rises) != 2 || g.Rises[1] != 10*time.Second || g.Falls[0] != time.Minute || g.Targets[0] != 7.5 || g.Windows[1] != 5*time.Minute || g.Alphas[0] != 0.3 {
		t.Errorf("got %+v, %v", g, err)
	}
	for line, want := range map[string]string{
		"--alpha 0":         `--alpha "0": allowed: numbers from 1e-06 to 1, each once, as 1,2.5`,
		"--alpha 0.1,NaN":   `--alpha "0.1,NaN": allowed`,
		"--rise 10s,,20s":   `--rise "10s,,20s": allowed: durations in whole seconds from 0s to 1h, each once, as 10s,1m`,
		"--rise 60s,1m":     `--rise "60s,1m": allowed: durations in whole seconds from 0s to 1h, each once`,
		"--fall 2h":         `--fall "2h": allowed`,
		"--window 1500ms":   `--window "1500ms": allowed`,
		"--target -1":       `--target "-1": allowed`,
		"--target 10 extra": `"extra": allowed: flags only`,
	} {
		if _, err := parse(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", line, err, want)
		}
	}
}
