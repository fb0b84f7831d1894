package adapter

import (
	"os"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// TestMetricsAreDocumented compares what the adapter registers with the table in docs/operations.md, in both directions.
func TestMetricsAreDocumented(t *testing.T) {
	f := &fake{}
	l, registry := newLoop(t, f)
	registry.MustRegister(newTotals(f))
	l.metrics.observe(sample.Batch{Metric: "users", Samples: []sample.Sample{{Time: time.Unix(1000, 0)}}}, time.Second, time.Unix(1001, 0))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{} // labels by name
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, "|"); len(cells) == 5 && strings.HasPrefix(cells[1], " `userscale_") {
			documented[strings.Trim(cells[1], " `")] = strings.TrimSpace(cells[2])
		}
	}
	for _, family := range families {
		var labels []string
		for _, label := range family.GetMetric()[0].GetLabel() {
			labels = append(labels, label.GetName())
		}
		want, ok := documented[family.GetName()]
		if !ok || !sameWords(strings.Fields(strings.ReplaceAll(want, ",", " ")), labels) {
			t.Errorf("%s has labels %v, documented: %q", family.GetName(), labels, want)
		}
		delete(documented, family.GetName())
	}
	for name := range documented {
		t.Errorf("%s is documented and not there", name)
	}
}

func sameWords(a, b []string) bool {
	in := map[string]bool{}
	for _, word := range a {
		in[word] = true
	}
	for _, word := range b {
		if !in[word] {
			return false
		}
	}
	return len(a) == len(b)
}
