package dcgm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

// node is an exporter: what it shows, or the error of asking it.
type node struct {
	body string
	err  error
}

// fleet is the cluster with exporters n1, n2 …, each at an IP of that name, where their pages are.
type fleet struct {
	known
	nodes map[string]node
}

func (f fleet) Targets(metric string, buf []sample.Pod) []sample.Pod {
	for name := range f.nodes {
		buf = append(buf, sample.Pod{UID: types.UID(name), Namespace: "gpu", Name: name, IP: name,
			Targets: []sample.Target{{Metric: metric, Scheme: "http", Port: 9400, Path: "/metrics"}}})
	}
	return buf
}

func (f fleet) Get(_ context.Context, ip string, target *sample.Target) (fetch.Page, error) {
	n := f.nodes[ip]
	if target.Port != 9400 || n.err != nil {
		return fetch.Page{}, n.err
	}
	return fetch.Page{ContentType: "text/plain; version=0.0.4", Body: []byte(n.body), Time: t0.Add(5 * time.Second), URL: &url.URL{Host: ip}}, nil
}

// shows writes series in the text format, given like one's, each a value and the rest.
func shows(series ...string) node {
	var b strings.Builder
	for _, s := range series {
		value, rest, _ := strings.Cut(s, " ")
		name, pairs, _ := strings.Cut(rest, " ")
		var labels []string
		for pair := range strings.FieldsSeq(pairs) {
			key, value, _ := strings.Cut(pair, "=")
			labels = append(labels, fmt.Sprintf("%s=%q", key, value))
		}
		fmt.Fprintf(&b, "%s{%s} %s\n", name, strings.Join(labels, ","), value)
	}
	return node{body: b.String()}
}

func newFleet() (fleet, *Exporters) {
	f := fleet{cluster(), map[string]node{
		"n1": shows("20 "+util+" UUID=G1 namespace=ml pod=a", "40 "+util+" UUID=G2 namespace=ml pod=a", "0 "+util+" UUID=G3"),
		"n2": shows("0.5 DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO UUID=G4 GPU_I_ID=2 pod_namespace=ml pod_name=b"),
		"n3": shows("0 " + util + " UUID=G5"),
	}}
	return f, NewExporters(Config{Metric: "gpu", Fields: DefaultFields(), Max: 100, Timeout: time.Second}, f, f)
}

// summary shows a batch: values, reasons, and whether it is partial.
func summary(t *testing.T, b sample.Batch) map[string]string {
	t.Helper()
	got := map[string]string{}
	if b.Err != nil {
		got["error"] = b.Err.Error()
	}
	if b.Partial {
		got["partial"] = "true"
	}
	for _, s := range b.Samples {
		got[string(s.Pod)] = fmt.Sprint(s.Value)
		if !s.Time.Equal(t0.Add(5 * time.Second)) {
			t.Errorf("%s is from %v, want the time of the request", s.Pod, s.Time)
		}
	}
	for _, f := range b.Failures {
		if _, twice := got[string(f.Pod)]; twice {
			t.Errorf("%s comes twice", f.Pod)
		}
		got[string(f.Pod)] = fmt.Sprintf("%s: %v", f.Reason, f.Err)
	}
	return got
}

func TestExporters(t *testing.T) {
	f, e := newFleet()
	healthy := map[string]string{"a": "30", "b": "50"}
	shown := maps.Clone(f.nodes)
	nameless := shows("20 "+util+" UUID=G1", "40 "+util+" UUID=G2")
	broken := node{err: sample.Refuse(sample.ReasonStatus, "status 500, want 200")}
	timeout := node{err: fmt.Errorf("get http://n1: %w", context.DeadlineExceeded)}
	for _, step := range []struct {
		name   string
		change func()
		want   map[string]string
	}{
		{"all answer", func() {}, healthy},
		{"one times out", func() { f.nodes["n1"] = timeout },
			map[string]string{"a": "timeout: exporter gpu/n1: get http://n1: context deadline exceeded", "b": "50", "partial": "true"}},
		{"it answers again", func() { f.nodes["n1"] = shown["n1"] }, healthy},
		{"one cannot name the pods", func() { f.nodes["n1"] = nameless },
			map[string]string{"a": "no_value: exporter gpu/n1 names no pod now, and named this one before", "b": "50", "partial": "true"}},
		{"still not", func() {},
			map[string]string{"a": "no_value: exporter gpu/n1 names no pod now, and named this one before", "b": "50", "partial": "true"}},
		{"the pod is being deleted", func() { f.set("a", func(p *sample.Pod) { p.Deleting = true }) }, map[string]string{"b": "50", "partial": "true"}},
		{"the pod is gone, and the GPUs idle", func() { delete(f.known, "ml/a") }, map[string]string{"b": "50"}},
		{"the pod is back as another", func() { f.set("a", func(p *sample.Pod) { p.UID = "a2" }) }, map[string]string{"b": "50"}},
		{"with its GPUs", func() { f.nodes["n1"] = shown["n1"] }, map[string]string{"a2": "30", "b": "50"}},
		{"one is broken", func() { f.nodes["n2"] = broken },
			map[string]string{"a2": "30", "b": "status: exporter gpu/n2: status 500, want 200", "partial": "true"}},
		{"an exporter is no target any more", func() { delete(f.nodes, "n2") }, map[string]string{"a2": "30"}},
		{"none answers", func() { f.nodes["n1"], f.nodes["n3"] = timeout, broken },
			map[string]string{"error": "none of 2 exporters answers, the first one: exporter gpu/n1: get http://n1: context deadline exceeded"}},
		{"one is left", func() { delete(f.nodes, "n3") }, map[string]string{"error": "exporter gpu/n1: get http://n1: context deadline exceeded"}},
		{"there is none", func() { delete(f.nodes, "n1") }, map[string]string{"error": "no exporter to ask: the configuration's targets select no pod that runs"}},
	} {
		step.change()
		got := summary(t, e.Collect(t.Context()))
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

func (f fleet) set(name string, change func(*sample.Pod)) {
	p, ok := f.known["ml/"+name]
	if !ok {
		p = cluster()["ml/"+name]
	}
	change(&p)
	f.known["ml/"+name] = p
}

// An exporter that never named a pod and fails makes the batch partial: it may have named some now.
func TestUnknownExporterFails(t *testing.T) {
	f, e := newFleet()
	f.nodes["n3"] = node{err: errors.New("connection refused")}
	if diff := cmp.Diff(map[string]string{"a": "30", "b": "50", "partial": "true"}, summary(t, e.Collect(t.Context()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBodyIsNoFormat(t *testing.T) {
	f, e := newFleet()
	f.nodes["n1"] = node{body: "<html>"}
	got := summary(t, e.Collect(t.Context()))
	if got["b"] != "50" || got["a"] != "" || got["partial"] != "true" {
		t.Errorf("got %v, want nothing of a", got)
	}
	f.nodes["n2"], f.nodes["n3"] = f.nodes["n1"], f.nodes["n1"]
	if err := e.Collect(t.Context()).Err; fetch.ReasonOf(err) != sample.ReasonMalformed {
		t.Errorf("%v, want it to be malformed", err)
	}
}
