// Package dcgm measures how busy the pods' GPUs are, in percent of a GPU, from what NVIDIA's dcgm-exporter shows: through a Prometheus
// that scrapes the exporters, or from the exporters' own pods.
//
// The exporters' series say which pod has which GPU, and attributing them is what this package is about: which labels name the pod,
// which field to use and in which unit, what several GPUs of a pod and several pods of a GPU come to. How a pod's value came about
// goes along as its sample's note; why it has none, as its failure.
package dcgm

import (
	"context"
	"time"

	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// Config says what to measure.
type Config struct {
	Metric        string        // the metric's name in the adapter's configuration
	Fields        []Field       // the first that a GPU has a usable value of is used; see DefaultFields
	CombineMax    bool          // of several GPUs of a pod, the busiest counts; their average unless set
	ExcludeShared bool          // no pod has a value of a GPU that several share
	Min, Max      float64       // the accepted range, in percent
	Timeout       time.Duration // of a query, or of each exporter
}

// collector is what both ways have in common.
type collector struct {
	config     Config
	pods       pods
	attributor *attributor
}

func newCollector(c Config, p pods) collector {
	return collector{c, p, newAttributor(rules{c.Fields, c.CombineMax, c.ExcludeShared, c.Min, c.Max})}
}

// batch attributes series.
func (c *collector) batch(ctx context.Context, series []Series) sample.Batch {
	for _, f := range c.attributor.learn(series, time.Now()) {
		logger := klog.FromContext(ctx).WithValues("metric", c.config.Metric, "job", f.job, "exporter", f.exporter, "field", f.field)
		if _, percent := c.attributor.scales[f]; percent {
			logger.Info("Exporter shows values above 1 of a ratio: they are taken for percent")
		} else {
			logger.Info("Exporter shows a ratio as such again")
		}
	}
	samples, failures := c.attributor.attribute(series, c.pods)
	return sample.Batch{Metric: c.config.Metric, Samples: samples, Failures: failures}
}
