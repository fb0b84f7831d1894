package dcgm

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	util   = "DCGM_FI_DEV_GPU_UTIL"
	active = "DCGM_FI_PROF_GR_ENGINE_ACTIVE"
)

// outcome shows what a collection says of each pod: the value with its age after t0 and its note, or why there is none.
func outcome(a *attributor, series []Series) map[string]string {
	a.learn(series, t0)
	samples, failures := a.attribute(series, cluster())
	got := map[string]string{}
	for _, s := range samples {
		got[string(s.Pod)] = fmt.Sprintf("%v at %v: %s", s.Value, s.Time.Sub(t0).Seconds(), s.Note)
	}
	for _, f := range failures {
		got[string(f.Pod)] = fmt.Sprintf("%s: %v", f.Reason, f.Err)
	}
	return got
}

type attribution struct {
	rules  func(*rules)
	series []Series
	want   map[string]string
}

func check(t *testing.T, cases map[string]attribution) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := defaults()
			if tc.rules != nil {
				tc.rules(&r)
			}
			want := tc.want
			if want == nil {
				want = map[string]string{}
			}
			if diff := cmp.Diff(want, outcome(newAttributor(r), tc.series)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhoseGPU(t *testing.T) {
	check(t, map[string]attribution{
		"honor_labels on": {
			series: []Series{one(util+" UUID=G1 namespace=ml pod=a instance=10.0.0.9:9400", 20, 5)},
			want:   map[string]string{"a": "20 at 5: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels pod"},
		},
		"honor_labels off, and an idle GPU": {
			series: []Series{
				one(util+" UUID=G1 exported_namespace=ml exported_pod=a namespace=ml pod=b", 20, 5),
				one(util+" UUID=G2 namespace=ml pod=b", 0, 5),
			},
			want: map[string]string{"a": "20 at 5: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels exported_pod"},
		},
		"each job has its own labels": {
			series: []Series{
				one(util+" job=off UUID=G1 exported_namespace=ml exported_pod=a namespace=gpu pod=x", 20, 5),
				one(util+" job=off UUID=G2 namespace=ml pod=c", 90, 5),
				one(util+" job=on UUID=G3 namespace=ml pod=b", 30, 5),
			},
			want: map[string]string{
				"a": "20 at 5: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels exported_pod",
				"b": "30 at 5: G3: DCGM_FI_DEV_GPU_UTIL (percent), labels pod",
			},
		},
		"1.x": {
			series: []Series{one("dcgm_gpu_utilization uuid=G1 pod_namespace=ml pod_name=b container_name=main", 20, 5)},
			want:   map[string]string{"b": "20 at 5: G1: dcgm_gpu_utilization (percent), labels pod_name"},
		},
		"1.x beside what Prometheus adds": {
			series: []Series{
				one("dcgm_gpu_utilization uuid=G1 pod_namespace=ml pod_name=b namespace=ml pod=c", 20, 5),
				one("dcgm_gpu_utilization uuid=G2 namespace=ml pod=c", 0, 5),
			},
			want: map[string]string{"b": "20 at 5: G1: dcgm_gpu_utilization (percent), labels pod_name"},
		},
		"all GPUs idle, exporter known by its label": {
			series: []Series{one(util+" UUID=G1 namespace=gpu pod=nvidia", 0, 5)},
		},
		"all GPUs idle, exporter known by its address": {
			series: []Series{one(util+" UUID=G1 namespace=ml pod=exporter instance=10.0.0.9:9400", 0, 5)},
		},
		"a workload on the host's network, as the exporter": {
			series: []Series{one(util+" UUID=G1 exported_namespace=ml exported_pod=a namespace=gpu pod=x instance=10.0.0.1:9400", 20, 5)},
			want:   map[string]string{"a": "20 at 5: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels exported_pod"},
		},
		"a scrape without pods beside one with": {
			series: []Series{
				one(util+" UUID=G1 exported_namespace=ml exported_pod=a namespace=ml pod=c", 20, 5),
				one(util+" UUID=G1 namespace=ml pod=c", 30, 20),
			},
			want: map[string]string{"a": "20 at 5: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels exported_pod"},
		},
		"unknown, ended, without a namespace, of another metric": {
			series: []Series{
				one(util+" UUID=G1 namespace=ml pod=gone", 20, 5), one(util+" UUID=G2 namespace=ml pod=done", 20, 5),
				one(util+" UUID=G3 pod=a", 20, 5), one("DCGM_FI_DEV_FB_USED UUID=G3 namespace=ml pod=a", 20, 5),
			},
		},
		"before the pod started": {
			series: []Series{one(util+" UUID=G1 namespace=ml pod=a", 20, -1)},
			want: map[string]string{
				"a": "too_old: G1: DCGM_FI_DEV_GPU_UTIL was scraped at 2023-11-14T22:13:19Z, before the pod started at 2023-11-14T22:13:20Z",
			},
		},
		"without a UUID": {
			series: []Series{
				one(util+" gpu=0 Hostname=n1 namespace=ml pod=a", 20, 5), one(util+" gpu=0 Hostname=n2 namespace=ml pod=b", 30, 5),
			},
			want: map[string]string{
				"a": "20 at 5: GPU 0 of n1: DCGM_FI_DEV_GPU_UTIL (percent), labels pod",
				"b": "30 at 5: GPU 0 of n2: DCGM_FI_DEV_GPU_UTIL (percent), labels pod",
			},
		},
	})
}

func TestSeveralGPUs(t *testing.T) {
	two := []Series{one(util+" UUID=G1 namespace=ml pod=a", 20, 5), one(util+" UUID=G2 namespace=ml pod=a", 60, 7)}
	check(t, map[string]attribution{
		"average, as old as the oldest": {
			series: two,
			want:   map[string]string{"a": "40 at 5: 2 GPUs, average: DCGM_FI_DEV_GPU_UTIL (percent), labels pod"},
		},
		"maximum": {
			rules: func(r *rules) { r.combineMax = true }, series: two,
			want: map[string]string{"a": "60 at 5: 2 GPUs, maximum: DCGM_FI_DEV_GPU_UTIL (percent), labels pod"},
		},
		"MIG instances": {
			series: []Series{
				one(active+" UUID=G1 GPU_I_ID=1 namespace=ml pod=a", 0.25, 5), one(active+" UUID=G1 GPU_I_ID=2 namespace=ml pod=a", 0.5, 5),
			},
			want: map[string]string{"a": "37.5 at 5: 2 MIG instances, average: DCGM_FI_PROF_GR_ENGINE_ACTIVE (ratio), labels pod"},
		},
		"two Prometheuses are one measurement": {
			series: []Series{
				one(util+" UUID=G1 namespace=ml pod=a replica=x", 20, 5), one(util+" UUID=G1 namespace=ml pod=a replica=y", 50, 7),
			},
			want: map[string]string{"a": "50 at 7: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels pod"},
		},
		"two containers or shares of one GPU are copies": {
			series: []Series{
				one(util+" UUID=G1 namespace=ml pod=a container=x vgpu=0", 50, 5), one(util+" UUID=G1 namespace=ml pod=a container=y vgpu=1", 50, 5),
				one(util+" UUID=G2 namespace=ml pod=a container=x", 20, 5),
			},
			want: map[string]string{
				"a": "35 at 5: 2 GPUs, average: DCGM_FI_DEV_GPU_UTIL (percent), labels pod; 1 of them set up to be shared",
			},
		},
		"one without a value": {
			series: []Series{one(util+" UUID=G1 namespace=ml pod=a", 2147483634, 5), one(util+" UUID=G2 namespace=ml pod=a", 60, 5)},
			want:   map[string]string{"a": "60 at 5: G2: DCGM_FI_DEV_GPU_UTIL (percent), labels pod; 1 more without a usable value"},
		},
	})
}

func TestSharedGPUs(t *testing.T) {
	three := []Series{
		one(util+" UUID=G1 namespace=ml pod=a", 60, 5), one(util+" UUID=G1 namespace=ml pod=b", 60, 5), one(util+" UUID=G1 namespace=ml pod=c", 60, 5),
		one(util+" UUID=G1 namespace=ml pod=done", 60, 5), one(util+" UUID=G2 namespace=ml pod=c", 20, 5),
	}
	virtual := []Series{one(util+" UUID=G1 namespace=ml pod=a vgpu=3", 60, 5)}
	exclude := func(r *rules) { r.excludeShared = true }
	check(t, map[string]attribution{
		"included": {
			series: three,
			want: map[string]string{
				"a": "60 at 5: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels pod; G1 is shared with 2 other pods",
				"b": "60 at 5: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels pod; G1 is shared with 2 other pods",
				"c": "40 at 5: 2 GPUs, average: DCGM_FI_DEV_GPU_UTIL (percent), labels pod; 1 of them shared with 2 other pods",
			},
		},
		"excluded": {
			rules: exclude, series: three,
			want: map[string]string{
				"a": "shared_gpu: G1 is shared with 2 other pods, and shared GPUs are excluded",
				"b": "shared_gpu: G1 is shared with 2 other pods, and shared GPUs are excluded",
				"c": "20 at 5: G2: DCGM_FI_DEV_GPU_UTIL (percent), labels pod; 1 more without a usable value",
			},
		},
		"one share alone": {
			series: virtual,
			want:   map[string]string{"a": "60 at 5: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels pod; G1 is set up to be shared"},
		},
		"one share alone, excluded": {
			rules: exclude, series: virtual,
			want: map[string]string{"a": "shared_gpu: G1 is set up to be shared, and shared GPUs are excluded"},
		},
		"MIG instances are not shared": {
			series: []Series{
				one(active+" UUID=G1 GPU_I_ID=1 namespace=ml pod=a", 0.25, 5), one(active+" UUID=G1 GPU_I_ID=2 namespace=ml pod=b", 0.5, 5),
			},
			want: map[string]string{
				"a": "25 at 5: MIG instance 1 of G1: DCGM_FI_PROF_GR_ENGINE_ACTIVE (ratio), labels pod",
				"b": "50 at 5: MIG instance 2 of G1: DCGM_FI_PROF_GR_ENGINE_ACTIVE (ratio), labels pod",
			},
		},
	})
}

func TestWhichField(t *testing.T) {
	check(t, map[string]attribution{
		"utilisation goes before the engine": {
			series: []Series{one(active+" UUID=G1 namespace=ml pod=a", 0.5, 5), one(util+" UUID=G1 namespace=ml pod=a", 20, 5)},
			want:   map[string]string{"a": "20 at 5: G1: DCGM_FI_DEV_GPU_UTIL (percent), labels pod"},
		},
		"the engine where utilisation is blank": {
			series: []Series{one(active+" UUID=G1 namespace=ml pod=a", 0.5, 5), one(util+" UUID=G1 namespace=ml pod=a", 9223372036854775794, 5)},
			want:   map[string]string{"a": "50 at 5: G1: DCGM_FI_PROF_GR_ENGINE_ACTIVE (ratio), labels pod"},
		},
		"the new name once the old one is outdated": {
			series: []Series{one(util+" UUID=G1 namespace=ml pod=a", 20, 5), one("DCGM_FI_DEV_GPU_UTIL_RATIO UUID=G1 namespace=ml pod=a", 0.75, 70)},
			want:   map[string]string{"a": "75 at 70: G1: DCGM_FI_DEV_GPU_UTIL_RATIO (ratio), labels pod"},
		},
		"a MIG instance's engine, not its utilisation of 0": {
			series: []Series{
				one(util+" UUID=G1 GPU_I_ID=3 namespace=ml pod=a", 0, 5), one("DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO UUID=G1 GPU_I_ID=3 namespace=ml pod=a", 0.5, 5),
			},
			want: map[string]string{"a": "50 at 5: MIG instance 3 of G1: DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO (ratio), labels pod"},
		},
		"a MIG instance with its utilisation alone": {
			series: []Series{one(util+" UUID=G1 GPU_I_ID=3 namespace=ml pod=a", 0, 5)},
			want: map[string]string{
				"a": "no_value: MIG instance 3 of G1: DCGM_FI_DEV_GPU_UTIL says nothing of MIG instances, and the exporter shows no DCGM_FI_PROF_GR_ENGINE_ACTIVE of it",
			},
		},
		"configured ones": {
			rules:  func(r *rules) { r.fields = []Field{{"DCGM_FI_PROF_SM_ACTIVE", Ratio}, {util, Percent}} },
			series: []Series{one("DCGM_FI_PROF_SM_ACTIVE UUID=G1 namespace=ml pod=a", 0.5, 5), one(util+" UUID=G1 namespace=ml pod=a", 90, 5)},
			want:   map[string]string{"a": "50 at 5: G1: DCGM_FI_PROF_SM_ACTIVE (ratio), labels pod"},
		},
		"GPUs of a pod with different ones": {
			series: []Series{one(util+" UUID=G1 namespace=ml pod=a", 20, 5), one(active+" UUID=G2 namespace=ml pod=a", 0.6, 5)},
			want:   map[string]string{"a": "40 at 5: 2 GPUs, average: DCGM_FI_DEV_GPU_UTIL (percent) and another, labels pod"},
		},
	})
}

func TestBadValues(t *testing.T) {
	for value, want := range map[float64]string{
		9223372036854775792: "DCGM's sign for no value", // 9223372036854775795 is the same float
		2147483632:          "DCGM's sign for no value", 2147483635: "DCGM's sign for no value",
		140737488355328: "DCGM's sign for no value", 140737488355331: "DCGM's sign for no value",
		-1: "not in [0, 100]", 100.5: "not in [0, 100]", math.Inf(1): "not in [0, 100]", math.Inf(-1): "not in [0, 100]", math.NaN(): "not in [0, 100]",
	} {
		for _, field := range []string{util, active} {
			if field == active && value == 100.5 { // as percent
				continue
			}
			got := outcome(newAttributor(defaults()), []Series{one(field+" UUID=G1 namespace=ml pod=a", value, 5)})["a"]
			if !beginsAndHas(got, "out_of_range: ", want) {
				t.Errorf("%s %v: %q, want out_of_range and %q", field, value, got, want)
			}
		}
	}
}
