package options

import (
	"errors"
	"net/url"
	"time"

	"userscale.dev/userscale/replay/internal/record"
)

// Record is what to record, from a cluster's custom metrics API or from a Prometheus.
type Record struct {
	Out    string
	Config record.Config

	Kubeconfig, Namespace, Metric, Selector string

	Prometheus, Query, HTTPConfig string
	Until                         time.Time
}

// Parse reads the command line.
func (r *Record) Parse(args []string) error {
	*r = Record{Metric: "active_users_raw", Until: time.Now().Truncate(time.Second), Config: record.Config{Step: time.Second, Length: time.Hour, Hold: 15 * time.Second}}
	p := NewParser()
	p.Text("out", "a file to write", &r.Out)
	p.Duration("step", &r.Config.Step, 0, 24*time.Hour)
	p.Duration("duration", &r.Config.Length, 0, 2000*time.Hour)
	p.Duration("hold", &r.Config.Hold, 0, 24*time.Hour)
	p.Text("kubeconfig", "a file", &r.Kubeconfig)
	p.Text("namespace", "a namespace", &r.Namespace)
	p.Text("metric", "the name of a metric", &r.Metric)
	p.Text("selector", "a label selector", &r.Selector)
	p.Value("prometheus", "a URL, as http://prometheus.monitoring.svc:9090", func(s string) bool {
		u, err := url.Parse(s)
		r.Prometheus = s
		return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
	})
	p.Text("query", "PromQL that gives one series", &r.Query)
	p.Text("http-config", "a file, in Prometheus' own form", &r.HTTPConfig)
	p.Value("until", "a time, as 2026-01-31T12:00:00Z", func(s string) (ok bool) {
		var err error
		r.Until, err = time.Parse(time.RFC3339, s)
		return err == nil
	})
	err := p.Parse(args, "out")
	if errors.Is(err, ErrHelp) {
		return err
	}
	return errors.Join(err, r.Config.Validate(), r.oneSource(p))
}

// oneSource checks that it is clear where values come from.
func (r *Record) oneSource(p *Parser) error {
	live, past := p.Given("selector"), p.Given("prometheus")
	switch {
	case live == past:
		return errors.New("allowed: either --selector, for a cluster, or --prometheus, with --query")
	case past && r.Query == "":
		return errors.New("--query is missing: PromQL that gives one series")
	case live && (p.Given("query") || p.Given("until") || p.Given("http-config")):
		return errors.New("--query, --until and --http-config: allowed: with --prometheus")
	case past && (p.Given("kubeconfig") || p.Given("namespace") || p.Given("metric")):
		return errors.New("--kubeconfig, --namespace and --metric: allowed: with --selector")
	}
	return nil
}
