package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
)

func TestGenerations(t *testing.T) {
	const gpu = `GPU-00000000-0000-0000-0000-000000000001",pci_bus_id="00000000:02:00.0",device="nvidia1",modelName="Simulated GPU"`
	for _, test := range []struct {
		name, generation string
		mig              bool
		want             string
	}{
		{"1.x", "1.x", false, "# HELP dcgm_gpu_utilization GPU utilization (in %).\n# TYPE dcgm_gpu_utilization gauge\n" +
			`dcgm_gpu_utilization{gpu="1",uuid="` + gpu + `,container_name="workload",pod_namespace="userscale",pod_name="workload-a"} 38`},
		{"4.9", "4.9", false, "# HELP DCGM_FI_DEV_GPU_UTIL_RATIO GPU utilization (ratio).\n# TYPE DCGM_FI_DEV_GPU_UTIL_RATIO gauge\n" +
			`DCGM_FI_DEV_GPU_UTIL_RATIO{gpu="1",UUID="` + gpu + `,hostname="node-1",container="workload",namespace="userscale",pod="workload-a"} 0.38`},
		{"MIG", "4.x", true, "# HELP DCGM_FI_PROF_GR_ENGINE_ACTIVE Ratio of time the graphics engine is active.\n# TYPE DCGM_FI_PROF_GR_ENGINE_ACTIVE gauge\n" +
			`DCGM_FI_PROF_GR_ENGINE_ACTIVE{gpu="0",UUID="GPU-00000000-0000-0000-0000-000000000000",pci_bus_id="00000000:01:00.0",device="nvidia0",` +
			`modelName="Simulated GPU",GPU_I_PROFILE="1g.5gb",GPU_I_ID="1",Hostname="node-1",container="workload",namespace="userscale",pod="workload-a"} 0.38`},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := testOptions()
			o.generation, o.mig = test.generation, test.mig
			var body bytes.Buffer
			if _, err := expfmt.MetricFamilyToText(&body, family([]reading{{index: 1, utilization: 38, pod: newPod("workload-a", "1")}}, o)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want+"\n", body.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
