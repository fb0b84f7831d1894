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

func cluster() known {
	k := known{}
	for name, ip := range map[string]string{"a": "10.0.0.1", "b": "10.0.0.2", "exporter": "10.0.0.9"} {
		k["ml/"+name] = sample.Pod{UID: types.UID(name), Namespace: "ml", Name: name, IP: ip, Running: true, Started: t0}
	}
	return k
}

// ask collects from a Prometheus that gives one answer.
func ask(t *testing.T, status int, body string) sample.Batch {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.FormValue("query"); got != "q[2m]" {
			t.Errorf("query is %q", got)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := NewClient(server.URL, http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Metric: "gpu", Query: "q[2m]", Timeout: 5 * time.Second, Scale: 1, Max: 100}, cluster(), client).Collect(t.Context())
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

func TestAttribution(t *testing.T) {
	for name, tc := range map[string]struct {
		series   []string
		want     []sample.Sample
		failures map[types.UID]sample.Reason
	}{
		"newest of a range": {
			series: []string{series("UUID=1 namespace=ml pod=a", 10, "20", 15, "30")},
			want:   []sample.Sample{at("a", 30, 15)},
		},
		"exported labels win, idle GPUs are nobody's": {
			series: []string{
				series("UUID=1 exported_namespace=ml exported_pod=a namespace=ml pod=exporter", 10, "20"),
				series("UUID=2 namespace=ml pod=exporter", 10, "0"),
			},
			want: []sample.Sample{at("a", 20, 10)},
		},
		"all GPUs idle": {
			series: []string{series("UUID=2 namespace=ml pod=exporter instance=10.0.0.9:9400", 10, "0")},
		},
		"labels of 1.x": {
			series: []string{series("UUID=1 pod_namespace=ml pod_name=b", 10, "20")},
			want:   []sample.Sample{at("b", 20, 10)},
		},
		"average of a pod's GPUs, as old as the oldest": {
			series: []string{
				series("UUID=1 namespace=ml pod=a", 10, "20"),
				series("UUID=2 namespace=ml pod=a", 12, "40"),
			},
			want: []sample.Sample{at("a", 30, 10)},
		},
		"MIG instances are GPUs": {
			series: []string{
				series("UUID=1 GPU_I_ID=1 namespace=ml pod=a", 10, "20"),
				series("UUID=1 GPU_I_ID=2 namespace=ml pod=a", 10, "60"),
			},
			want: []sample.Sample{at("a", 40, 10)},
		},
		"two Prometheuses are one measurement": {
			series: []string{
				series("UUID=1 namespace=ml pod=a replica=x", 10, "20"),
				series("UUID=1 namespace=ml pod=a replica=y", 12, "50"),
			},
			want: []sample.Sample{at("a", 50, 12)},
		},
		"blanks are not values": {
			series: []string{
				series("UUID=1 namespace=ml pod=a", 10, "9223372036854775794"),
				series("UUID=1 namespace=ml pod=b", 10, "NaN"),
			},
			failures: map[types.UID]sample.Reason{"a": sample.ReasonOutOfRange, "b": sample.ReasonOutOfRange},
		},
		"a blank beside a value": {
			series: []string{
				series("UUID=1 namespace=ml pod=a", 10, "2147483634"),
				series("UUID=2 namespace=ml pod=a", 10, "40"),
			},
			want: []sample.Sample{at("a", 40, 10)},
		},
		"before the pod started": {
			series:   []string{series("UUID=1 namespace=ml pod=a", -1, "20")},
			failures: map[types.UID]sample.Reason{"a": sample.ReasonTooOld},
		},
		"unknown pods are passed over": {
			series: []string{series("UUID=1 namespace=ml pod=gone", 10, "20"), series("UUID=1", 10, "20")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := ask(t, http.StatusOK, matrix(tc.series...))
			if b.Err != nil || b.Metric != "gpu" {
				t.Fatalf("batch of %q: %v", b.Metric, b.Err)
			}
			if diff := cmp.Diff(tc.want, b.Samples); diff != "" {
				t.Errorf("samples (-want +got):\n%s", diff)
			}
			var failures map[types.UID]sample.Reason
			for _, f := range b.Failures {
				if failures == nil {
					failures = map[types.UID]sample.Reason{}
				}
				failures[f.Pod] = f.Reason
			}
			if diff := cmp.Diff(tc.failures, failures); diff != "" {
				t.Errorf("failures (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVector(t *testing.T) {
	b := ask(t, http.StatusOK, `{"status":"success","data":{"resultType":"vector","result":[
		{"metric":{"namespace":"ml","pod":"a"},"value":[1700000010,"42"]}]},"warnings":["one store is away"]}`)
	if diff := cmp.Diff([]sample.Sample{at("a", 42, 10)}, b.Samples); diff != "" || b.Err != nil {
		t.Errorf("err %v, samples (-want +got):\n%s", b.Err, diff)
	}
}

func TestQueryFails(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		body   string
	}{
		"bad query": {http.StatusBadRequest, `{"status":"error","errorType":"bad_data","error":"parse error"}`},
		"not JSON":  {http.StatusOK, `<html>`},
		"down":      {http.StatusServiceUnavailable, `no`},
		"scalar":    {http.StatusOK, `{"status":"success","data":{"resultType":"scalar","result":[1700000010,"42"]}}`},
	} {
		t.Run(name, func(t *testing.T) {
			b := ask(t, tc.status, tc.body)
			if b.Err == nil || len(b.Samples)+len(b.Failures) > 0 {
				t.Errorf("batch: %+v, want an error alone", b)
			}
		})
	}
}

func TestScale(t *testing.T) {
	s := &Source{config: Config{Scale: 100, Max: 100}}
	value, _, reason, err := s.judge(Point{Value: 0.25, Time: t0}, sample.Pod{Started: t0})
	if value != 25 || reason != "" || err != nil {
		t.Errorf("got %v, %s, %v, want 25", value, reason, err)
	}
}
