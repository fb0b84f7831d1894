//go:build linux

package nvml

import (
	"path/filepath"
	"strings"
	"testing"

	"userscale.dev/userscale/cmd/workload/internal/gpu/simulator"
)

// TestDevice asks the simulated NVML, whose GPUs are those of the simulated CUDA.
func TestDevice(t *testing.T) {
	cuda, file := simulator.Build(t)
	const gpu, instance = "GPU-f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff", "MIG-00010203-0405-0607-0809-0a0b0c0d0e0f"
	if _, err := Open([]string{file}, gpu); err == nil || err.Error() != gpu+": nvmlDeviceGetHandleByUUID: Not Found (nvmlReturn_t 6)" {
		t.Errorf("Open() = %v without CUDA, want that there is no such GPU", err)
	}
	simulator.Load(t, cuda)
	for uuid, missing := range map[string]string{
		gpu:      "",
		instance: "nvmlDeviceGetUtilizationRates: Not Supported (nvmlReturn_t 3)",
	} {
		d, err := Open([]string{"/nowhere/libnvidia-ml.so.1", file}, uuid)
		if err != nil {
			t.Fatal(err)
		}
		r := d.Read()
		if r.MemoryUsed == nil || *r.MemoryUsed != 600<<20 {
			t.Errorf("%s: memory in use is %v, want 600 MiB", uuid, r.MemoryUsed)
		}
		if r.Missing != missing || (r.Utilization == nil) != (missing != "") || r.Utilization != nil && *r.Utilization != 0 {
			t.Errorf("%s: utilisation is %v, missing %q, want missing %q", uuid, r.Utilization, r.Missing, missing)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if r := d.Read(); r.Utilization != nil || r.MemoryUsed != nil || !strings.Contains(r.Missing, "Uninitialized") {
			t.Errorf("%s: Read() = %+v after Close, want nothing, and why", uuid, r)
		}
	}
}

func TestNoLibrary(t *testing.T) {
	file := filepath.Join(t.TempDir(), "libnvidia-ml.so.1")
	if _, err := Open([]string{file}, "GPU-1"); err == nil || err.Error() != "there is none of "+file {
		t.Errorf("Open() = %v, want that there is none", err)
	}
}
