package dcgm

import (
	"fmt"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// BenchmarkAttribute attributes 1,000 pods' GPUs, each with two fields, one tick after the other.
func BenchmarkAttribute(b *testing.B) {
	const pods = 1000
	k := known{}
	var series []Series
	for i := range pods {
		name := fmt.Sprintf("train-%d", i)
		k["ml/"+name] = sample.Pod{UID: types.UID(name), Namespace: "ml", Name: name, Running: true, Started: t0}
		for _, field := range []string{util, active} {
			l := labels.FromStrings("__name__", field, "UUID", fmt.Sprintf("GPU-%d", i), "exported_namespace", "ml", "exported_pod", name,
				"namespace", "gpu", "pod", "exporter", "job", "dcgm-exporter", "instance", fmt.Sprintf("10.0.0.%d:9400", i/8))
			series = append(series, Series{Labels: l, Job: "dcgm-exporter", Exporter: l.Get("instance"), Value: 0.5, Time: t0})
		}
	}
	a := newAttributor(defaults())
	b.ReportAllocs()
	for b.Loop() {
		a.learn(series, t0)
		if samples, _ := a.attribute(series, k); len(samples) != pods {
			b.Fatalf("%d samples, want %d", len(samples), pods)
		}
	}
}
