package dcgm

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// parseSeries reads a line per series: value, seconds after t0, and what one takes.
func parseSeries(text string) []Series {
	var series []Series
	for line := range strings.Lines(text) {
		number, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		seconds, rest, _ := strings.Cut(rest, " ")
		value, err := strconv.ParseFloat(number, 64)
		at, err2 := strconv.ParseInt(seconds, 10, 32)
		if err == nil && err2 == nil {
			series = append(series, one(rest, value, int(at)))
		}
	}
	return series
}

// FuzzAttribute: whatever is shown, samples are usable ones of pods that run, each pod has one outcome at most, and the order of
// the series does not matter.
func FuzzAttribute(f *testing.F) {
	for _, seed := range []string{
		"20 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 exported_namespace=ml exported_pod=a namespace=ml pod=c job=j\n0 5 DCGM_FI_DEV_GPU_UTIL UUID=G2 namespace=ml pod=c job=j",
		"20 5 dcgm_gpu_utilization uuid=G1 pod_namespace=ml pod_name=b\n20 5 dcgm_gpu_utilization uuid=G1 namespace=ml pod=a",
		"0.5 5 DCGM_FI_PROF_GR_ENGINE_ACTIVE UUID=G1 GPU_I_ID=3 namespace=ml pod=a\n0 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 GPU_I_ID=3 namespace=ml pod=a",
		"37 5 DCGM_FI_DEV_GPU_UTIL_RATIO UUID=G1 namespace=ml pod=a instance=x\n1 5 DCGM_FI_DEV_GPU_UTIL_RATIO UUID=G2 namespace=ml pod=b instance=x",
		"60 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=ml pod=a vgpu=1\n60 6 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=ml pod=b vgpu=2",
		"9223372036854775794 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=ml pod=a\nNaN 5 DCGM_FI_PROF_GR_ENGINE_ACTIVE UUID=G1 namespace=ml pod=a",
		"-Inf 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=ml pod=a\n1.01 5 DCGM_FI_PROF_GR_ENGINE_ACTIVE UUID=G2 namespace=ml pod=a",
		"20 -5 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=ml pod=a\n20 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=ml pod=done",
		"0 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=gpu pod=nvidia\n0 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=ml pod=exporter instance=10.0.0.9:9400",
		"20 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=ml pod=a replica=x\n30 5 DCGM_FI_DEV_GPU_UTIL UUID=G1 namespace=ml pod=a replica=y",
	} {
		f.Add(seed, false, false, 0.0, 100.0)
		f.Add(seed, true, true, 10.0, 50.0)
	}
	f.Fuzz(func(t *testing.T, text string, combineMax, excludeShared bool, least, most float64) {
		if !(least >= 0 && most > least && most <= math.MaxFloat64) {
			return // no configuration
		}
		r := rules{DefaultFields(), combineMax, excludeShared, least, most}
		series := parseSeries(text)
		a := newAttributor(r)
		a.learn(series, t0)
		samples, failures := a.attribute(series, cluster())
		checkOutcome(t, r, series, samples, failures)
		for i, j := 0, len(series)-1; i < j; i, j = i+1, j-1 {
			series[i], series[j] = series[j], series[i]
		}
		b := newAttributor(r)
		b.learn(series, t0)
		again, _ := b.attribute(series, cluster())
		ignoreRest := cmp.Comparer(func(x, y sample.Sample) bool { return x.Pod == y.Pod && x.Value == y.Value && x.Time.Equal(y.Time) })
		if diff := cmp.Diff(samples, again, ignoreRest); diff != "" {
			t.Errorf("in reverse (-first +second):\n%s", diff)
		}
	})
}

func checkOutcome(t *testing.T, r rules, series []Series, samples []sample.Sample, failures []sample.Failure) {
	t.Helper()
	running := map[types.UID]sample.Pod{}
	for _, pod := range cluster() {
		if pod.Running && pod.Name != "nvidia" {
			running[pod.UID] = pod
		}
	}
	once := func(uid types.UID) sample.Pod {
		pod, ok := running[uid]
		if !ok {
			t.Errorf("pod %q does not run, is an exporter's or comes twice", uid)
		}
		delete(running, uid)
		for _, s := range series {
			for _, v := range variants {
				if s.Labels.Get(v.namespace) == pod.Namespace && s.Labels.Get(v.pod) == pod.Name {
					return pod
				}
			}
		}
		t.Errorf("no series names pod %q", uid)
		return pod
	}
	for _, s := range samples {
		pod := once(s.Pod)
		if s.Time.Before(pod.Started) || !(s.Value >= r.min && s.Value <= r.max) {
			t.Errorf("%s: %v at %v is not in [%v, %v] or from before %v", s.Pod, s.Value, s.Time, r.min, r.max, pod.Started)
		}
		if s.Note == "" || len(s.Note) > noteLimit {
			t.Errorf("%s: note %q", s.Pod, s.Note)
		}
	}
	for _, x := range failures {
		once(x.Pod)
		if x.Reason == "" || x.Err == nil || x.Err.Error() == "" || len(x.Err.Error()) > noteLimit {
			t.Errorf("%s: %q: %v", x.Pod, x.Reason, x.Err)
		}
	}
}
