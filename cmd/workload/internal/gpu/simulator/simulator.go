//go:build linux

// Package simulator builds and controls simulators of the NVIDIA driver's libraries, for tests on machines without a GPU.
package simulator

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ebitengine/purego"
)

// Build compiles the simulators and returns the files libcuda.so.1 and libnvidia-ml.so.1. Without a C compiler it skips the test.
func Build(t testing.TB) (cuda, nvml string) {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("the simulators of the NVIDIA driver are in C, and there is no gcc here")
	}
	dir := t.TempDir()
	script := exec.CommandContext(t.Context(), filepath.Join(module(t), "cmd/workload/internal/gpu/simulator/driver/build.sh"), dir)
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("compiling the simulators: %v\n%s", err, out)
	}
	return filepath.Join(dir, "libcuda.so.1"), filepath.Join(dir, "libnvidia-ml.so.1")
}

// module is the folder of go.mod, above the one that the test runs in.
func module(t testing.TB) string {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == "/" {
			t.Fatal("there is no go.mod above this folder")
		}
		dir = filepath.Dir(dir)
	}
	t.Fatal(err)
	return ""
}

// CUDA controls the simulated libcuda of this process.
type CUDA struct {
	Fail       func(call string, code, nth int32) // has the nth such call from now on fail
	Calls      func() string                      // one per line
	Complaints func() string                      // what broke the API's rules, one per line
	Left       func() string                      // what was taken and not given back, one per line
	Image      func() string                      // the last module, to its zero
	Launches   func() int64
	Memory     func() int64 // bytes of device memory in use
	Reset      func()       // forgets everything
}

// Load loads the file that Build made.
func Load(t testing.TB, file string) CUDA {
	t.Helper()
	library, err := purego.Dlopen(file, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		t.Fatal(err)
	}
	var c CUDA
	for name, f := range map[string]any{
		"fail": &c.Fail, "calls": &c.Calls, "complaints": &c.Complaints, "left": &c.Left, "image": &c.Image,
		"launches": &c.Launches, "memory": &c.Memory, "reset": &c.Reset,
	} {
		purego.RegisterLibFunc(f, library, "simulator_"+name)
	}
	return c
}
