package dcgm

import (
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// known finds pods by namespace/name.
type known map[string]sample.Pod

func (k known) PodByName(namespace, name string) (sample.Pod, bool) {
	p, ok := k[namespace+"/"+name]
	return p, ok
}

var t0 = time.Unix(1700000000, 0)

// cluster has the running pods a, b and c, done, which ended, and an exporter's, whose label says so only where NVIDIA's do.
func cluster() known {
	k := known{}
	for name, ip := range map[string]string{"a": "10.0.0.1", "b": "10.0.0.2", "c": "10.0.0.3", "done": "10.0.0.4", "exporter": "10.0.0.9"} {
		k["ml/"+name] = sample.Pod{UID: types.UID(name), Namespace: "ml", Name: name, IP: ip, Running: name != "done", Started: t0}
	}
	k["gpu/nvidia"] = sample.Pod{UID: "nvidia", Namespace: "gpu", Name: "nvidia", IP: "10.0.0.10", Running: true, Started: t0,
		Labels: map[string]string{"app": "nvidia-dcgm-exporter"}}
	return k
}

type fakeLabels map[string]string

func (l fakeLabels) Get(name string) string { return l[name] }

// one is a series: its name and labels as k=v pairs, its value, and when it was scraped in seconds after t0.
func one(text string, value float64, seconds int) Series {
	name, pairs, _ := strings.Cut(text, " ")
	l := fakeLabels{"__name__": name}
	for pair := range strings.FieldsSeq(pairs) {
		key, value, _ := strings.Cut(pair, "=")
		l[key] = value
	}
	return Series{Labels: l, Job: l["job"], Exporter: l["instance"], Value: value, Time: t0.Add(time.Duration(seconds) * time.Second)}
}

func defaults() rules { return rules{fields: DefaultFields(), max: 100} }
