// Package dcgm holds what pkg/scrape/dcgm makes of dcgm-exporter's output against values derived by hand: each fixture goes through a
// real Prometheus that scrapes it, and from the exporters directly.
//
// The fixtures are written from the exporter's documented format, not recorded.
package dcgm

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/sample"
)

// fixture is a file of testdata: a comment that derives what is wanted, and sections.
type fixture struct {
	name          string
	options       options
	scrapeConfigs string // for Prometheus, whose targets are the exporters' names and port 9400
	pods          map[string]sample.Pod
	exporters     map[string][]string // by name: what it shows, scrape by scrape; the last for good
	prometheus    []string            // the outcome wanted through Prometheus, a line per pod
	direct        []string            // and from the exporters
}

// options are what differs from the defaults.
type options struct {
	Combine          config.Combine    `json:"combine"`
	SharedGPUs       config.SharedGPUs `json:"sharedGPUs"`
	SecondPrometheus bool              `json:"second_prometheus"` // which writes what it scrapes to the first, labelled replica: "2"
}

func fixtures(t *testing.T) []fixture {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	all := make([]fixture, len(paths))
	for i, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[i] = parse(t, strings.TrimSuffix(filepath.Base(path), ".txt"), text)
	}
	return all
}

func parse(t *testing.T, name string, text []byte) fixture {
	t.Helper()
	archive := txtar.Parse(text)
	if len(archive.Comment) == 0 {
		t.Errorf("%s: derives nothing", name)
	}
	f := fixture{name: name, pods: map[string]sample.Pod{}, exporters: map[string][]string{}}
	for _, section := range archive.Files {
		body := string(section.Data)
		switch exporter, isExporter := strings.CutPrefix(section.Name, "exporter-"); {
		case section.Name == "options":
			if err := yaml.UnmarshalStrict(section.Data, &f.options); err != nil {
				t.Fatalf("%s: options: %v", name, err)
			}
		case section.Name == "scrape_configs":
			f.scrapeConfigs = body
		case section.Name == "pods":
			f.parsePods(t, body)
		case section.Name == "want through Prometheus":
			f.prometheus = lines(body)
		case section.Name == "want from the exporters":
			f.direct = lines(body)
		case isExporter:
			number, _, _ := strings.Cut(exporter, ",")
			f.exporters["exporter-"+number] = append(f.exporters["exporter-"+number], body)
		default:
			t.Fatalf("%s: unknown section %q", name, section.Name)
		}
	}
	return f
}

func lines(text string) []string {
	return slices.Collect(strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' }))
}

// parsePods reads a line per pod: namespace/name, and what it is other than a workload's that has been running for an hour.
func (f *fixture) parsePods(t *testing.T, text string) {
	t.Helper()
	for i, line := range lines(text) {
		full, kind, _ := strings.Cut(line, " ")
		namespace, name, _ := strings.Cut(full, "/")
		p := sample.Pod{UID: types.UID(full), Namespace: namespace, Name: name, IP: fmt.Sprintf("10.0.0.%d", i+1),
			Running: true, Started: time.Now().Add(-time.Hour)}
		switch kind {
		case "", "exporter":
		case "ended":
			p.Running = false
		case "starts-later":
			p.Started = time.Now().Add(time.Hour)
		default:
			t.Fatalf("%s: %s is %q, which is unknown", f.name, full, kind)
		}
		f.pods[full] = p
	}
}

// scrapes is how many scrapes it takes to see everything.
func (f *fixture) scrapes() int {
	most := 1
	for _, bodies := range f.exporters {
		most = max(most, len(bodies))
	}
	return most
}

// PodByName finds one of the fixture's pods.
func (f *fixture) PodByName(namespace, name string) (sample.Pod, bool) {
	p, ok := f.pods[namespace+"/"+name]
	return p, ok
}
