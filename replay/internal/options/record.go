package options

import (
	"errors"
	"net/url"
	"time"

	"k8s.io/apimachinery/pkg/labels"

	"userscale.dev/userscale/replay/internal/record"
	"userscale.dev/userscale/trace"
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
	p := NewParser()
	r.flags(p)
	return p.Parse(args, "out")
}

func (r *Record) flags(p *Parser) {
	now := time.Now().Truncate(time.Second)
	*r = Record{Metric: "active_users_raw", Until: now, Config: record.Config{Step: time.Second, Length: time.Hour, Hold: 15 * time.Second}}
	p.Text("out", "a file to write", &r.Out)
	p.Duration("step", &r.Config.Step, record.MinStep, record.MaxStep)
	p.Duration("duration", &r.Config.Length, 2*record.MinStep, trace.MaxLength)
	p.Duration("hold", &r.Config.Hold, 0, record.MaxHold)
	p.Text("kubeconfig", "a file", &r.Kubeconfig)
	p.Text("namespace", "a namespace", &r.Namespace)
	p.Text("metric", "the name of a metric", &r.Metric)
	p.Value("selector", "a label selector, as app=shop,tier!=test", func(s string) bool {
		_, err := labels.Parse(s)
		r.Selector = s
		return err == nil && s != ""
	})
	p.Value("prometheus", "a URL, as http://prometheus.monitoring.svc:9090", func(s string) bool {
		u, err := url.Parse(s)
		r.Prometheus = s
		return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
	})
	p.Text("query", "PromQL that gives one series", &r.Query)
	p.Text("http-config", "a file, in Prometheus' own form", &r.HTTPConfig)
	p.Value("until", "a time that has passed, as 2026-01-31T12:00:00Z", func(s string) bool {
		var err error
		r.Until, err = time.Parse(time.RFC3339, s)
		return err == nil && !r.Until.After(now)
	})
	p.Check(func() error { return errors.Join(r.Config.Validate(), r.oneSource(p)) })
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
