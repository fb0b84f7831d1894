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
		builder.Add(labels.MetricName, selectors[i].name)
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

// valueOf is what Prometheus would know under the metric's name with that suffix.
func valueOf(d *client.MetricStreamingDecoder, suffix string) (e entry, ok bool) {
	m := d.Metric
	switch of := d.GetType(); {
	case of == client.MetricType_COUNTER && suffix == "" && m.Counter != nil:
		e.Value = m.Counter.GetValue()
	case of == client.MetricType_GAUGE && suffix == "" && m.Gauge != nil:
		e.Value = m.Gauge.GetValue()
	case of == client.MetricType_UNTYPED && suffix == "" && m.Untyped != nil:
		e.Value = m.Untyped.GetValue()
	case m.Histogram != nil && suffix == "_sum":
		e.Value = m.Histogram.GetSampleSum()
	case m.Histogram != nil && suffix == "_count":
		e.Value = max(float64(m.Histogram.GetSampleCount()), m.Histogram.GetSampleCountFloat())
	case m.Summary != nil && suffix == "_sum":
		e.Value = m.Summary.GetSampleSum()
	case m.Summary != nil && suffix == "_count":
		e.Value = float64(m.Summary.GetSampleCount())
	case m.Histogram != nil && (suffix == "" || suffix == "_bucket"), m.Summary != nil && suffix == "":
		e.parts = true
	default:
		return entry{}, false
	}
	return e, true
}
