package promql

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

// cluster has the running pods a, b and web-0 of shop, and one that has ended.
func cluster() known {
	k := known{}
	for _, name := range []string{"a", "b", "web-0", "ended"} {
		k["shop/"+name] = sample.Pod{UID: types.UID(name), Namespace: "shop", Name: name, Running: name != "ended", Started: t0}
	}
	return k
}

func settings(how Combine) Config {
	return Config{
		Metric: "queue", Query: "q[2m]", Timeout: 5 * time.Second,
		Namespace: "namespace", Pod: "pod", Combine: how, Scale: 1, Max: 100,
	}
}

// source asks a Prometheus that gives one answer after the other.
func source(t *testing.T, c Config, answers ...string) *Source {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.FormValue("query"); got != "q[2m]" {
			t.Errorf("query is %q", got)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answers[0])
		answers = answers[1:]
	}))
	t.Cleanup(server.Close)
	client, err := NewClient(server.URL, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	return New(c, cluster(), client)
}

// series is one of a matrix: labels as k=v pairs, and value pairs of seconds after t0 and text.
func series(labels string, values ...any) string {
	var l, v []string
	for pair := range strings.FieldsSeq(labels) {
		key, value, _ := strings.Cut(pair, "=")
		l = append(l, fmt.Sprintf("%q:%q", key, value))
	}
	for i := 0; i < len(values); i += 2 {
		v = append(v, fmt.Sprintf("[%d,%q]", t0.Unix()+int64(values[i].(int)), values[i+1]))
	}
	return fmt.Sprintf(`{"metric":{%s},"values":[%s]}`, strings.Join(l, ","), strings.Join(v, ","))
}

func matrix(series ...string) string {
	return `{"status":"success","data":{"resultType":"matrix","result":[` + strings.Join(series, ",") + `]}}`
}

func at(pod string, value float64, seconds int) sample.Sample {
	return sample.Sample{Pod: types.UID(pod), Value: value, Time: t0.Add(time.Duration(seconds) * time.Second)}
}

func noted(x sample.Sample, note string) sample.Sample {
	x.Note = note
	return x
}

func matrixOf(warning string, series ...string) string {
	return strings.TrimSuffix(matrix(series...), "}") + fmt.Sprintf(`,"warnings":[%q]}`, warning)
}

func reasons(failures []sample.Failure) map[types.UID]sample.Reason {
	var by map[types.UID]sample.Reason
	for _, f := range failures {
		if by == nil {
			by = map[types.UID]sample.Reason{}
		}
		by[f.Pod] = f.Reason
	}
	return by
}

func check(t *testing.T, b sample.Batch, samples []sample.Sample, failures map[types.UID]sample.Reason) {
	t.Helper()
	if b.Err != nil || b.Metric != "queue" {
		t.Fatalf("batch of %q: %v", b.Metric, b.Err)
	}
	if diff := cmp.Diff(samples, b.Samples); diff != "" {
		t.Errorf("samples (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(failures, reasons(b.Failures)); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}

func TestSeriesToPods(t *testing.T) {
	for name, tc := range map[string]struct {
		series   []string
		want     []sample.Sample
		failures map[types.UID]sample.Reason
	}{
		"newest of a range": {
			series: []string{series("namespace=shop pod=a", 10, "20", 15, "30")},
			want:   []sample.Sample{at("a", 30, 15)},
		},
		"each its own": {
			series: []string{series("namespace=shop pod=b", 10, "20"), series("namespace=shop pod=a", 11, "0")},
			want:   []sample.Sample{at("b", 20, 10), at("a", 0, 11)},
		},
		"nobody's, unknown ones' and ended ones'": {
			series: []string{
				series("namespace=shop pod=gone", 10, "20"), series("namespace=ml pod=a", 10, "20"),
				series("namespace=shop", 10, "20"), series("pod=a", 10, "20"), series("", 10, "20"),
				series("namespace=shop pod=ended", 10, "20"),
			},
		},
		"not values": {
			series: []string{
				series("namespace=shop pod=a", 10, "NaN"), series("namespace=shop pod=b", 10, "-1"),
				series("namespace=shop pod=web-0", 10, "100.5"),
			},
			failures: map[types.UID]sample.Reason{
				"a": sample.ReasonOutOfRange, "b": sample.ReasonOutOfRange, "web-0": sample.ReasonOutOfRange,
			},
		},
		"a good one before a bad one is not the newest": {
			series:   []string{series("namespace=shop pod=a", 10, "20", 15, "+Inf")},
			failures: map[types.UID]sample.Reason{"a": sample.ReasonOutOfRange},
		},
		"before the pod started": {
			series:   []string{series("namespace=shop pod=web-0", -1, "20")},
			failures: map[types.UID]sample.Reason{"web-0": sample.ReasonTooOld},
		},
		"the pod's own beside its predecessor's": {
			series: []string{series("namespace=shop pod=web-0 instance=10.0.0.1:80", -1, "20"), series("namespace=shop pod=web-0 instance=10.0.0.2:80", 1, "3")},
			want:   []sample.Sample{at("web-0", 3, 1)},
		},
		"a pair of Prometheuses": {
			series: []string{
				series("namespace=shop pod=a prometheus=monitoring/k8s prometheus_replica=k8s-0", 10, "20"),
				series("namespace=shop pod=b", 10, "1"),
				series("namespace=shop pod=a prometheus=monitoring/k8s prometheus_replica=k8s-1", 12, "50"),
				series("namespace=shop pod=b replica=x", 9, "2"),
			},
			want: []sample.Sample{at("a", 50, 12), at("b", 1, 10)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, source(t, settings(Sum), matrix(tc.series...)).Collect(t.Context()), tc.want, tc.failures)
		})
	}
}

func TestCombine(t *testing.T) {
	const a = "namespace=shop pod=a queue="
	good := []string{series(a+"1", 12, "20"), series(a+"2", 10, "60"), series(a+"3", 11, "10")}
	bad := []string{series(a+"1", 12, "20"), series(a+"2", 10, "NaN"), series(a+"3", 11, "40")}
	many := []string{series(a+"1", 12, "60"), series(a+"2", 10, "50")}
	outOfRange := map[types.UID]sample.Reason{"a": sample.ReasonOutOfRange}
	left := `, 1 left out: {namespace="shop", pod="a", queue="2"}: value NaN is not finite`
	for name, tc := range map[string]struct {
		how      Combine
		series   []string
		want     []sample.Sample
		failures map[types.UID]sample.Reason
	}{
		"sum":                       {Sum, good, []sample.Sample{noted(at("a", 90, 10), "sum of 3 series")}, nil},
		"average":                   {Average, good, []sample.Sample{noted(at("a", 30, 10), "average of 3 series")}, nil},
		"maximum":                   {Max, good, []sample.Sample{noted(at("a", 60, 10), "max of 3 series")}, nil},
		"sum with a bad one":        {Sum, bad, nil, outOfRange},
		"average without a bad one": {Average, bad, []sample.Sample{noted(at("a", 30, 11), "average of 2 series"+left)}, nil},
		"maximum without a bad one": {Max, bad, []sample.Sample{noted(at("a", 40, 11), "max of 2 series"+left)}, nil},
		"sum above the range":       {Sum, many, nil, outOfRange},
		"average of large ones":     {Average, many, []sample.Sample{noted(at("a", 55, 10), "average of 2 series")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, source(t, settings(tc.how), matrix(tc.series...)).Collect(t.Context()), tc.want, tc.failures)
		})
	}
}

func TestRangeIsOfPods(t *testing.T) {
	c := settings(Sum)
	c.Min = 10
	parts := matrix(series("namespace=shop pod=a queue=1", 10, "6"), series("namespace=shop pod=a queue=2", 10, "5"))
	check(t, source(t, c, parts).Collect(t.Context()), []sample.Sample{noted(at("a", 11, 10), "sum of 2 series")}, nil)
	c.Combine = Average
	check(t, source(t, c, parts).Collect(t.Context()), nil, map[types.UID]sample.Reason{"a": sample.ReasonOutOfRange})
}

func TestLabelsAndScale(t *testing.T) {
	c := settings(Sum)
	c.Namespace, c.Pod, c.Scale = "exported_namespace", "exported_pod", 100
	b := source(t, c, matrix(
		series("exported_namespace=shop exported_pod=a namespace=shop pod=b", 10, "0.25"),
		series("namespace=shop pod=b", 10, "0.5"),
	)).Collect(t.Context())
	check(t, b, []sample.Sample{at("a", 25, 10)}, nil)
}

func TestVector(t *testing.T) {
	s := source(t, settings(Sum), `{"status":"success","data":{"resultType":"vector","result":[
		{"metric":{"namespace":"shop","pod":"a"},"value":[1700000010,"42"]},
		{"metric":{"namespace":"shop","pod":"b"},"histogram":[1700000010,{"count":"1","sum":"1"}]}]}}`)
	check(t, s.Collect(t.Context()), []sample.Sample{at("a", 42, 10)}, nil) // a histogram is no 0
}

// TestPartial: a warning makes an answer partial, and a sum that may lack a part is none.
func TestPartial(t *testing.T) {
	one, two := series("namespace=shop pod=a queue=1", 10, "20"), series("namespace=shop pod=a queue=2", 10, "30")
	for _, tc := range []struct {
		how  Combine
		want []sample.Sample
		fail map[types.UID]sample.Reason
	}{
		{Sum, nil, map[types.UID]sample.Reason{"a": sample.ReasonNoValue}},
		{Max, []sample.Sample{at("a", 20, 10)}, nil},
	} {
		s := source(t, settings(tc.how), matrix(one, two), matrixOf("a store is away", one), matrix(one))
		if b := s.Collect(t.Context()); b.Partial || len(b.Samples) != 1 {
			t.Errorf("%s of all: %+v", tc.how, b)
		}
		b := s.Collect(t.Context())
		if !b.Partial {
			t.Errorf("%s: %+v is not partial", tc.how, b)
		}
		check(t, b, tc.want, tc.fail)
		check(t, s.Collect(t.Context()), []sample.Sample{at("a", 20, 10)}, nil)
	}
}
