package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/cmd/workload/internal/gpu"
)

// TestHardware: a real GPU is named, and what NVML does not say is missing, never zero.
func TestHardware(t *testing.T) {
	tests := []struct {
		name    string
		reading gpu.Reading
		json    map[string]any
		text    []string
		lacks   []string
	}{
		{
			"all", gpu.Reading{Utilization: new(0.98), MemoryUsed: new(uint64(1 << 30))},
			map[string]any{"utilization_percent": 98., "memory_used_bytes": float64(1 << 30)},
			[]string{"\nworkload_gpu_nvml_utilization_ratio 0.98\n", "\nworkload_gpu_nvml_memory_used_bytes 1.073741824e+09\n"}, nil,
		},
		{
			"an instance", gpu.Reading{MemoryUsed: new(uint64(1 << 30)), Missing: "not supported"},
			map[string]any{"memory_used_bytes": float64(1 << 30), "missing": "not supported"},
			[]string{"\nworkload_gpu_nvml_memory_used_bytes 1.073741824e+09\n"}, []string{"nvml_utilization"},
		},
		{
			"no NVML", gpu.Reading{Missing: "there is none"},
			map[string]any{"missing": "there is none"},
			nil, []string{"workload_gpu_nvml"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			read := func() gpu.Reading { return tt.reading }
			s.config.GPU = gpu.Choice{Device: &gpu.Simulator{}, Mode: gpu.CUDA, Hardware: &gpu.Hardware{Name: "a GPU", UUID: "GPU-1", Read: read}}
			var body struct {
				GPU struct{ Device map[string]any }
			}
			if err := json.Unmarshal(ask(s, "GET", "/metrics").Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			want := map[string]any{"name": "a GPU", "uuid": "GPU-1", "nvml": tt.json}
			if diff := cmp.Diff(want, body.GPU.Device); diff != "" {
				t.Errorf("device (-want +got):\n%s", diff)
			}
			text := ask(s, "GET", "/metrics", "Accept", "text/plain").Body.String()
			for _, want := range append(tt.text, `workload_gpu_device_info{name="a GPU",uuid="GPU-1"} 1`, `workload_gpu_info{mode="cuda",reason=""} 1`) {
				if !strings.Contains(text, want) {
					t.Errorf("the text lacks %q:\n%s", want, text)
				}
			}
			for _, lacks := range tt.lacks {
				if strings.Contains(text, lacks) {
					t.Errorf("the text has %q", lacks)
				}
			}
		})
	}
}

// broken is a device that fails at its second slice.
type broken struct {
	gpu.Simulator
	slices int
}

func (b *broken) Wait() (time.Duration, error) {
	if b.slices++; b.slices > 1 {
		return 0, errors.New("fell off the bus")
	}
	return b.Simulator.Wait()
}

// TestFailedGPU: the job learns why, and the server ends.
func TestFailedGPU(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		s.gpu = gpu.NewExecutor(&broken{}, 2)
		client, _, result := start(s)
		code, body, err := get(client, "/gpu_job?work_ms=100")
		if err != nil || code != http.StatusInternalServerError || !strings.Contains(body, "fell off the bus") {
			t.Errorf("answer = %d %q, %v, want 500 with the reason", code, body, err)
		}
		if err := <-result; err == nil || err.Error() != "the GPU failed: fell off the bus" {
			t.Errorf("Run() = %v, want the GPU's failure", err)
		}
	})
}
