package promql

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/sample"
)

// canned is a Prometheus that gives one answer, without a network.
type canned []byte

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(c)), Request: r,
	}, nil
}

// FuzzAnswer: whatever a Prometheus answers, the samples are usable ones of pods that are there, one of each at most.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(matrix(series("UUID=1 namespace=shop pod=a", 10, "20", 15, "30"), series("UUID=2 namespace=shop pod=a", 12, "40"))), 1.0, 100.0, byte(2))
	f.Add([]byte(matrix(series("UUID=1 exported_namespace=ml exported_pod=a namespace=shop pod=web-0 replica=x", 10, "0.5"))), 100.0, 100.0, byte(1))
	f.Add([]byte(matrix(series("UUID=2 namespace=shop pod=web-0 replica=y", 10, "0"), series("UUID=2 namespace=shop pod=web-0", 11, "7"))), 1.0, 100.0, byte(2))
	f.Add([]byte(matrix(series("namespace=shop pod=b", -1, "NaN"), series("namespace=shop pod=b", 1, "-Inf"))), 1.0, 100.0, byte(2))
	f.Add([]byte(matrix(series("UUID=1 namespace=shop pod=a", 1, "1e308"), series("UUID=2 namespace=shop pod=a", 1, "1e308"))), 1.0, 1.7e308, byte(1))
	f.Add([]byte(matrix(series("UUID=1 namespace=shop pod=a", 1, "NaN"), series("UUID=2 namespace=shop pod=b", 1, "100.5"))), 1.0, 100.0, byte(2))
	f.Add([]byte(matrix(series("UUID=1 namespace=shop pod=a", -1, "20"), series("UUID=1 namespace=shop pod=gone", 1, "20"))), 1.0, 100.0, byte(2))
	f.Add([]byte(`{"status":"success","data":{"resultType":"vector","result":[{"metric":{"namespace":"shop","pod":"a"},"value":[1700000010,"42"]}]}}`), 1.0, 50.0, byte(1))
	f.Add([]byte(`{"status":"success","data":{"resultType":"scalar","result":[1700000010,"42"]},"warnings":["partial"]}`), 1.0, 100.0, byte(2))
	f.Add([]byte(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"histograms":[[1,{"count":"1","sum":"1"}]]}]}}`), 1.0, 100.0, byte(2))
	f.Add([]byte(`{}`), 1.0, 100.0, byte(2))
	f.Add([]byte(`{"status":"error","errorType":"bad_data","error":"parse error"}`), 1.0, 100.0, byte(2))
	f.Fuzz(func(t *testing.T, answer []byte, scale, most float64, how byte) {
		if !(scale > 0 && scale <= math.MaxFloat64 && most > 0 && most <= math.MaxFloat64) {
			return // no configuration
		}
		c := settings([...]Combine{Sum, Average, Max}[how%3])
		c.Scale, c.Max = scale, most
		batch := askCanned(t, answer, c)
		checkBatch(t, batch, most)
		// Errors name the moment of their query.
		ignoreErrors := cmp.Comparer(func(a, b error) bool { return (a == nil) == (b == nil) })
		if diff := cmp.Diff(batch, askCanned(t, answer, c), ignoreErrors); diff != "" {
			t.Errorf("the same answer is read differently (-first +second):\n%s", diff)
		}
	})
}

func askCanned(t *testing.T, answer []byte, c Config) sample.Batch {
	t.Helper()
	client, err := NewClient("http://prometheus", canned(answer))
	if err != nil {
		t.Fatal(err)
	}
	silent := klog.NewContext(t.Context(), klog.Logger{})
	return New(c, cluster(), client).Collect(silent)
}

func checkBatch(t *testing.T, b sample.Batch, most float64) {
	t.Helper()
	if b.Metric != "queue" || b.Err != nil && (len(b.Samples)+len(b.Failures) > 0 || b.Err.Error() == "") {
		t.Errorf("batch is %+v, want one of queue, with an error alone or with none", b)
	}
	known := map[types.UID]sample.Pod{}
	for _, pod := range cluster() {
		known[pod.UID] = pod
	}
	once := func(uid types.UID) sample.Pod {
		pod, ok := known[uid]
		if !ok {
			t.Errorf("pod %q is not there, or comes twice", uid)
		}
		delete(known, uid)
		return pod
	}
	for _, s := range b.Samples {
		if pod := once(s.Pod); s.Time.Before(pod.Started) {
			t.Errorf("%s: measured at %v, before it started at %v", s.Pod, s.Time, pod.Started)
		}
		if !(s.Value >= 0 && s.Value <= most) {
			t.Errorf("%s: %v is not in [0, %v]", s.Pod, s.Value, most)
		}
	}
	for _, failure := range b.Failures {
		once(failure.Pod)
		if r := failure.Reason; r != sample.ReasonOutOfRange && r != sample.ReasonTooOld || fmt.Sprint(failure.Err) == "" {
			t.Errorf("%s: fails with reason %q: %v", failure.Pod, r, failure.Err)
		}
	}
}
