package promql

import (
	"maps"

	"github.com/prometheus/common/model"
)

// replicaLabels tell the members of a highly available pair apart, by the names that the Prometheus operator and Thanos' documentation
// give them. Nobody sets them: a server that knows of replicas merges them by itself, and other series never differ in these alone.
var replicaLabels = [...]model.LabelName{"prometheus", "prometheus_replica", "replica"}

// withoutReplicas keeps the newest point of series that differ in replica labels alone: they are one measurement, taken twice. Each
// stands where the first of them stood.
func withoutReplicas(points []Point) []Point {
	at := map[model.Fingerprint]int{}
	var unique []Point
	for _, p := range points {
		series := maps.Clone(p.Labels)
		for _, label := range replicaLabels {
			delete(series, label)
		}
		key := series.Fingerprint()
		if i, seen := at[key]; !seen {
			at[key] = len(unique)
			unique = append(unique, p)
		} else if p.Time.After(unique[i].Time) {
			unique[i] = p
		}
	}
	return unique
}
