//go:build linux && (amd64 || arm64)

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"userscale.dev/userscale/cmd/workload/internal/gpu/simulator"
)

// TestCUDA runs the program that has CUDA, as it is shipped, on the simulated driver.
func TestCUDA(t *testing.T) {
	cuda, _ := simulator.Build(t)
	libraries := filepath.Dir(cuda)
	binary := filepath.Join(libraries, "workload-cuda")
	build := exec.Command("go", "build", "-tags", "cuda", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	report := filepath.Join(t.TempDir(), "report")

	tests := []struct {
		name string
		mode string
		env  string
		job  string            // what the answer to a job has
		gpu  map[string]string // some of /metrics: path to a value, or to "absent"
		end  string            // what the error says in the end; empty: none
	}{
		{
			"a GPU", "cuda", "CUDA_SIMULATOR_REPORT=" + report,
			`"mode":"cuda"`,
			map[string]string{
				"mode": "cuda", "mode_reason": "absent", "device.name": "Simulated GPU",
				"device.uuid": "GPU-f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff", "device.nvml.missing": "absent",
			}, "",
		},
		{
			"an instance of a GPU", "auto", "CUDA_VISIBLE_DEVICES=1",
			`"mode":"cuda"`,
			map[string]string{
				"mode": "cuda", "device.uuid": "MIG-00010203-0405-0607-0809-0a0b0c0d0e0f",
				"device.nvml.utilization_percent": "absent", "device.nvml.missing": "nvmlDeviceGetUtilizationRates: Not Supported (nvmlReturn_t 3)",
			}, "",
		},
		{
			"no NVML", "cuda", "NVML_SIMULATOR_FAIL=nvmlInit_v2=9",
			`"mode":"cuda"`,
			map[string]string{
				"device.nvml.utilization_percent": "absent", "device.nvml.memory_used_bytes": "absent",
				"device.nvml.missing": "nvmlInit_v2: Unknown Error (nvmlReturn_t 9)",
			}, "",
		},
		{
			"no GPU, and that will do", "auto", "CUDA_VISIBLE_DEVICES=",
			`"mode":"simulate"`,
			map[string]string{
				"mode": "simulate", "device": "absent",
				"mode_reason": `cuInit: CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected); CUDA_VISIBLE_DEVICES is "", and the driver shows no other GPUs than those it names`,
			}, "",
		},
		{"no GPU", "cuda", "CUDA_VISIBLE_DEVICES=", "", nil, `GPU mode "cuda": cuInit: CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected); CUDA_VISIBLE_DEVICES is ""`},
		{"no such GPU", "cuda", "CUDA_VISIBLE_DEVICES=7", "", nil, `CUDA_VISIBLE_DEVICES is "7"`},
		{
			"a GPU that fails", "cuda", "CUDA_SIMULATOR_FAIL=cuLaunchKernel=719@3",
			`{"error":"running on the GPU: cuLaunchKernel: CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure)"}`, nil,
			"workload: the GPU failed: cuLaunchKernel: CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure)\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := startProgram(t, binary, "LD_LIBRARY_PATH="+libraries, "GPU_MODE="+tt.mode, tt.env)
			if tt.job != "" {
				if got := p.get(t, "/gpu_job?work_ms=50"); !strings.Contains(got, tt.job) {
					t.Errorf("the job's answer is %s, want %s", got, tt.job)
				}
			}
			if tt.gpu != nil {
				checkGPU(t, p.get(t, "/metrics"), tt.gpu)
			}
			stderr, err := p.end(t, tt.end == "")
			if (err != nil) != (tt.end != "") || !strings.Contains(stderr, tt.end) {
				t.Errorf("the program ended with %v and %q, want %q", err, stderr, tt.end)
			}
		})
	}
	t.Run("a signal that a thread of the driver's gets", func(t *testing.T) {
		p := startProgram(t, binary, "LD_LIBRARY_PATH="+libraries, "GPU_MODE=cuda", "CUDA_SIMULATOR_SIGNAL=15")
		if stderr, err := p.end(t, false); err != nil || !strings.Contains(stderr, "Drained") {
			t.Errorf("the program ended with %v and %q, want it to drain as for any signal", err, stderr)
		}
	})
	if wrong, err := os.ReadFile(report); err != nil || len(wrong) > 0 {
		t.Errorf("in the end the driver said %q, %v, want nothing", wrong, err)
	}
}

func checkGPU(t *testing.T, metrics string, want map[string]string) {
	t.Helper()
	var body struct{ GPU map[string]any }
	if err := json.Unmarshal([]byte(metrics), &body); err != nil {
		t.Fatal(err)
	}
	for path, want := range want {
		var value any = body.GPU
		for name := range strings.SplitSeq(path, ".") {
			object, _ := value.(map[string]any)
			value = object[name]
		}
		if got, ok := value.(string); value == nil && want != "absent" || value != nil && (!ok || got != want) {
			t.Errorf("gpu.%s is %v, want %s", path, value, want)
		}
	}
}

// program is a running workload.
type program struct {
	command *exec.Cmd
	stderr  <-chan string // all of it, when it ended
	address string        // empty if it does not serve
}

func startProgram(t *testing.T, binary string, env ...string) program {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, binary, "--listen=127.0.0.1:0", "--drain-settle=0s")
	c.Env = append(os.Environ(), env...)
	r, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stderr, address := make(chan string, 1), make(chan string, 1)
	go func() {
		defer close(address)
		var all strings.Builder
		serving := regexp.MustCompile(`msg=Serving address=(\S+)`)
		for lines := bufio.NewScanner(r); lines.Scan(); {
			all.WriteString(lines.Text() + "\n")
			if m := serving.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
		stderr <- all.String()
	}()
	return program{c, stderr, <-address}
}

func (p program) get(t *testing.T, path string) string {
	t.Helper()
	if p.address == "" {
		t.Fatalf("the program does not serve: %s", <-p.stderr)
	}
	resp, err := http.Get("http://" + p.address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// end waits for the program's end, for which it asks if so wanted, and returns what it came to.
func (p program) end(t *testing.T, ask bool) (string, error) {
	t.Helper()
	if ask {
		if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
	}
	stderr := <-p.stderr
	return stderr, p.command.Wait()
}
