//go:build linux

package cuda

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"userscale.dev/userscale/cmd/workload/internal/gpu/simulator"
)

const ms = time.Millisecond

// TestDevice runs all that needs the simulated driver: it is built and loaded once.
func TestDevice(t *testing.T) {
	file, _ := simulator.Build(t)
	driver := simulator.Load(t, file)
	for _, test := range []struct {
		name string
		run  func(*testing.T, string, simulator.CUDA)
	}{
		{"calls", testCalls},
		{"time", testTime},
		{"failures to open", testFailuresToOpen},
		{"failures to run", testFailuresToRun},
		{"the context's failure", testContextFailure},
		{"compiler", testCompiler},
	} {
		t.Run(test.name, func(t *testing.T) {
			driver.Reset()
			test.run(t, file, driver)
		})
	}
}

func open(t *testing.T, file string) *Device {
	t.Helper()
	d, err := Open([]string{"/nowhere/libcuda.so.1", file})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// checkClean sees that nothing is left and that no rule was broken.
func checkClean(t *testing.T, driver simulator.CUDA) {
	t.Helper()
	if left := driver.Left(); left != "" {
		t.Errorf("not given back: %s", left)
	}
	if complaints := driver.Complaints(); complaints != "" {
		t.Errorf("the driver complains: %s", complaints)
	}
}

// opening are the calls in their order; each can fail.
var opening = []string{
	"cuInit", "cuDeviceGet", "cuDeviceGetName", "cuDeviceGetUuid_v2", "cuDeviceGetAttribute",
	"cuDevicePrimaryCtxSetFlags_v2", "cuDevicePrimaryCtxRetain", "cuCtxSetCurrent",
	"cuModuleLoadDataEx", "cuModuleGetFunction", "cuMemAlloc_v2", "cuEventCreate", "cuEventCreate", "cuEventCreate", "cuEventCreate",
}

var starting = []string{"cuCtxSetCurrent", "cuEventRecord", "cuLaunchKernel", "cuEventRecord"}

var waiting = []string{"cuCtxSetCurrent", "cuEventSynchronize", "cuEventElapsedTime"}

var closing = []string{
	"cuCtxSetCurrent", "cuEventDestroy_v2", "cuEventDestroy_v2", "cuEventDestroy_v2", "cuEventDestroy_v2", "cuMemFree_v2", "cuModuleUnload", "cuCtxSetCurrent", "cuDevicePrimaryCtxRelease_v2",
}

// occurrence is how often the call at i is among the first ones, itself included.
func occurrence(calls []string, i int) int32 {
	n := int32(0)
	for _, call := range calls[:i+1] {
		if call == calls[i] {
			n++
		}
	}
	return n
}

func testCalls(t *testing.T, file string, driver simulator.CUDA) {
	d := open(t, file)
	if d.Name != "Simulated GPU" || d.UUID != "GPU-f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff" {
		t.Errorf("the GPU is %q, %q", d.Name, d.UUID)
	}
	if _, err := d.Wait(); err == nil {
		t.Error("Wait() with nothing in flight succeeds")
	}
	all := slices.Clone(opening)
	for _, step := range []struct {
		calls []string
		do    func() error
	}{
		{starting, func() error { return d.Start(ms) }},
		{starting, func() error { return d.Start(2 * ms) }},
		{nil, func() error {
			if d.Start(ms) == nil {
				return errors.New("there is room for a third slice")
			}
			return nil
		}},
		{waiting, func() error { return wait(d, ms) }},
		{starting, func() error { return d.Start(3 * ms) }},
		{waiting, func() error { return wait(d, 2*ms) }},
		{waiting, func() error { return wait(d, 3*ms) }},
		{closing, d.Close},
	} {
		if err := step.do(); err != nil {
			t.Error(err)
		}
		all = append(all, step.calls...)
	}
	want := strings.Join(all, "\n") + "\n"
	if diff := cmp.Diff(want, driver.Calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(busyPTX, driver.Image()); diff != "" {
		t.Errorf("the driver sees another text than the kernel's, which ends with a zero (-want +got):\n%s", diff)
	}
	checkClean(t, driver)
}

// wait waits for a slice of that length. A busy machine makes it hardly longer: it is the GPU that counts.
func wait(d *Device, want time.Duration) error {
	got, err := d.Wait()
	if err == nil && got < want-time.Microsecond {
		err = fmt.Errorf("the GPU worked %v on a slice of %v", got, want)
	}
	return err
}

// run is a slice alone.
func run(d *Device, t time.Duration) (time.Duration, error) {
	if err := d.Start(t); err != nil {
		return 0, err
	}
	return d.Wait()
}

// testTime: it is the GPU's time that a slice counts, not what the caller waited. A busy machine can only make it longer.
func testTime(t *testing.T, file string, _ simulator.CUDA) {
	d := open(t, file)
	defer d.Close()
	for _, want := range []time.Duration{0, 1, 100 * time.Microsecond, 5 * ms, 20 * ms} {
		start := time.Now()
		used, err := run(d, want)
		if waited := time.Since(start); err != nil || used < want-time.Microsecond || used > waited {
			t.Errorf("a slice of %v took %v, %v and we waited %v, want between the two", want, used, err, waited)
		}
	}
}

func testFailuresToOpen(t *testing.T, file string, driver simulator.CUDA) {
	for i, call := range opening {
		driver.Reset()
		driver.Fail(call, 999, occurrence(opening, i))
		_, err := Open([]string{file})
		var e *Error
		if !errors.As(err, &e) || e.Code != 999 || !strings.HasPrefix(err.Error(), call+": CUDA_ERROR_UNKNOWN (unknown error)") {
			t.Errorf("Open() = %v, want that %s failed with CUDA_ERROR_UNKNOWN", err, call)
		}
		checkClean(t, driver)
	}
	driver.Reset()
	driver.Fail("cuInit", 12345, 1)
	if _, err := Open([]string{file}); err == nil || !strings.Contains(err.Error(), "cuInit: CUresult 12345") {
		t.Errorf("Open() = %v, want the code that has no name", err)
	}
}

func testFailuresToRun(t *testing.T, file string, driver simulator.CUDA) {
	each := append(slices.Clone(starting), waiting...)
	for i, call := range each {
		driver.Reset()
		d := open(t, file)
		driver.Fail(call, 2, occurrence(each, i))
		used, err := run(d, ms)
		if used != 0 || err == nil || err.Error() != call+": CUDA_ERROR_OUT_OF_MEMORY (out of memory)" {
			t.Errorf("a slice took %v, %v, want that %s failed", used, err, call)
		}
		if err := d.Close(); err != nil {
			t.Errorf("Close() = %v after %s failed", err, call)
		}
		checkClean(t, driver)
	}
	for i, call := range closing {
		driver.Reset()
		d := open(t, file)
		driver.Fail(call, 999, occurrence(closing, i))
		if err := d.Close(); err == nil || !strings.HasPrefix(err.Error(), call+": ") {
			t.Errorf("Close() = %v, want that %s failed", err, call)
		}
	}
}

// testContextFailure: an error of the context is returned by all calls that follow, and all of them are still made.
func testContextFailure(t *testing.T, file string, driver simulator.CUDA) {
	d := open(t, file)
	driver.Fail("cuEventSynchronize", 700, 1)
	for range 2 {
		if _, err := run(d, ms); err == nil || !strings.HasSuffix(err.Error(), ": CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory access was encountered)") {
			t.Errorf("a slice fails with %v, want the context's error", err)
		}
	}
	if err := d.Close(); err == nil || strings.Count(err.Error(), "CUDA_ERROR_ILLEGAL_ADDRESS") != len(closing) {
		t.Errorf("Close() = %v, want the error of all %d calls", err, len(closing))
	}
}

func testCompiler(t *testing.T, file string, driver simulator.CUDA) {
	driver.Fail("cuModuleLoadDataEx", 218, 1)
	want := "cuModuleLoadDataEx: CUDA_ERROR_INVALID_PTX (a PTX JIT compilation failed): ptxas application ptx input, line 1; fatal : Simulated"
	if _, err := Open([]string{file}); err == nil || err.Error() != want {
		t.Errorf("Open() = %v, want %s", err, want)
	}
	checkClean(t, driver)
}

// TestNoDriver: what is wrong with the library is an error that names it, whatever it is.
func TestNoDriver(t *testing.T) {
	dir := t.TempDir()
	text, other := filepath.Join(dir, "text.so"), filepath.Join(dir, "other.so")
	if err := os.WriteFile(text, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ file, want string }{
		{"/nowhere/libcuda.so.1", "there is none of /nowhere/libcuda.so.1"},
		{text, "loading " + text + ": " + text + ": file too short"},
	}
	if gcc, err := exec.LookPath("gcc"); err == nil {
		build := exec.Command(gcc, "-shared", "-x", "c", "-o", other, "-")
		build.Stdin = strings.NewReader("int cuGetErrorName, cuGetErrorString, cuInit;")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		tests = append(tests, struct{ file, want string }{other, other + " is too old: it lacks cuDeviceGet, cuDeviceGetName, cuDeviceGetUuid_v2,"})
	}
	for _, tt := range tests {
		if _, err := Open([]string{tt.file}); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("Open(%s) = %v, want %s", tt.file, err, tt.want)
		}
	}
}

func TestFormatUUID(t *testing.T) {
	uuid := [16]byte{0: 0x01, 4: 0x23, 6: 0x45, 8: 0x67, 10: 0x89, 15: 0xab}
	for name, want := range map[string]string{
		"NVIDIA H100 80GB HBM3":            "GPU-01000000-2300-4500-6700-8900000000ab",
		"NVIDIA A100-SXM4-40GB MIG 1g.5gb": "MIG-01000000-2300-4500-6700-8900000000ab",
	} {
		if got := formatUUID(name, uuid); got != want {
			t.Errorf("formatUUID(%q) = %s, want %s", name, got, want)
		}
	}
}
