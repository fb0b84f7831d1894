package exposition

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	client "github.com/prometheus/prometheus/prompb/io/prometheus/client"
)

// scanProtobuf uses the decoder that textparse's protobuf parser is made of. That parser calls itself for each empty family, as
// blankLines has it, and takes a metric without a value for 0.
func scanProtobuf(body []byte, selectors []Selector, found visit) error {
	d := client.NewMetricStreamingDecoder(body)
	builder := labels.NewScratchBuilder(0)
	for {
		if err := d.NextMetricFamily(); err != nil {
			return err // io.EOF after a well-formed body
		}
		name := d.GetName()
		if !model.UTF8Validation.IsValidMetricName(name) || !utf8.ValidString(d.GetHelp()) {
			return fmt.Errorf("metric %.100q: the name or the help is not valid", name)
		}
		if _, known := client.MetricType_name[int32(d.GetType())]; !known {
			return fmt.Errorf("metric %.100q: unknown type %d", name, d.GetType())
		}
		if err := scanFamily(d, &builder, selectors, found); err != nil {
			return fmt.Errorf("metric %.100q: %w", name, err)
		}
	}
}

func scanFamily(d *client.MetricStreamingDecoder, builder *labels.ScratchBuilder, selectors []Selector, found visit) error {
	wanted := false
	for i := range selectors {
		wanted = wanted || strings.HasPrefix(selectors[i].name, d.GetName())
	}
	for {
		if wanted {
			d.Metric = &client.Metric{} // it would keep what the metric before had
		}
		if err := d.NextMetric(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return unexpected(err)
		}
		builder.Reset()
		if err := d.Label(builder); err != nil {
			return unexpected(err)
		}
		if !wanted {
			continue
		}
		if err := selectMetric(d, builder, selectors, found); err != nil {
			return err
		}
	}
}

// unexpected keeps an end within a message from being taken for the end of the body.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// selectMetric hands over the one value of a metric, or one of those that a histogram or a summary has.
func selectMetric(d *client.MetricStreamingDecoder, own *labels.ScratchBuilder, selectors []Selector, found visit) error {
	for i := range selectors {
		part, ok := strings.CutPrefix(selectors[i].name, d.GetName())
		if !ok {
			continue
		}
		e, ok := valueOf(d, part)
		if !ok {
			continue
		}
		builder := *own
		builder.Add(model.MetricNameLabel, selectors[i].name)
		builder.Sort()
		e.Labels = builder.Labels()
		if err := check(e.Labels); err != nil {
			return err
		}
		if !e.parts && !selectors[i].match(e.Labels) {
			continue
		}
		if d.TimestampMs != 0 {
			e.Time = time.UnixMilli(d.TimestampMs)
		}
		found(i, e)
	}
	return nil
}

// valueOf is what Prometheus would know under the metric's name with that suffix; false where it would know nothing.
func valueOf(d *client.MetricStreamingDecoder, suffix string) (entry, bool) {
	switch d.GetType() {
	case client.MetricType_HISTOGRAM, client.MetricType_GAUGE_HISTOGRAM:
		h := d.Histogram
		count := max(float64(h.GetSampleCount()), h.GetSampleCountFloat())
		return partOf(h != nil, suffix, h.GetSampleSum(), count)
	case client.MetricType_SUMMARY:
		s := d.Summary
		return partOf(s != nil, suffix, s.GetSampleSum(), float64(s.GetSampleCount()))
	case client.MetricType_COUNTER:
		return single(suffix == "" && d.Counter != nil, d.Counter.GetValue())
	case client.MetricType_GAUGE:
		return single(suffix == "" && d.Gauge != nil, d.Gauge.GetValue())
	default:
		return single(suffix == "" && d.Untyped != nil, d.Untyped.GetValue())
	}
}

func single(there bool, value float64) (entry, bool) {
	return entry{Series: Series{Value: value}}, there
}

// partOf is a part of a histogram or a summary. All but its sum and its count do not add up.
func partOf(there bool, suffix string, sum, count float64) (entry, bool) {
	switch suffix {
	case "_sum":
		return single(there, sum)
	case "_count":
		return single(there, count)
	case "", "_bucket":
		return entry{parts: true}, there
	default:
		return entry{}, false
	}
}
