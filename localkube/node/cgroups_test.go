package node

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// machine makes a directory that looks like /sys/fs/cgroup. The kernel's own files appear in new cgroups by themselves; here,
// nothing does.
func machine(t *testing.T, files map[string]string) Cgroups {
	t.Helper()
	mount := t.TempDir()
	for name, content := range files {
		path := filepath.Join(mount, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Cgroups{Mount: mount, Name: "localkube-test"}
}

func content(t *testing.T, c Cgroups, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(c.Mount, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func directories(t *testing.T, c Cgroups) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(c.Mount, "*", "localkube-test"))
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Glob(filepath.Join(c.Mount, "localkube-test"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, path := range append(found, top...) {
		name, err := filepath.Rel(c.Mount, path)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func TestCgroupsV1(t *testing.T) {
	c := machine(t, map[string]string{
		"memory/tasks": "", "cpuset/cpuset.cpus": "0-1", "cpuset/cpuset.mems": "0", "cpu,cpuacct/tasks": "", "a-file": "",
	})
	if err := os.Symlink("cpu,cpuacct", filepath.Join(c.Mount, "cpu")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time, they are there
		if err := c.Make(); err != nil {
			t.Fatal(err)
		}
	}
	if cpus, mems := content(t, c, "cpuset/localkube-test/cpuset.cpus"), content(t, c, "cpuset/localkube-test/cpuset.mems"); cpus != "0-1" || mems != "0" {
		t.Errorf("cpuset of processors %q and memory %q, want the parent's", cpus, mems)
	}
	want := []string{"cpu/localkube-test", "cpu,cpuacct/localkube-test", "cpuset/localkube-test", "memory/localkube-test"}
	if diff := cmp.Diff(want, directories(t, c)); diff != "" {
		t.Errorf("cgroups (-want +got):\n%s", diff)
	}
}

func TestCgroupsV2(t *testing.T) {
	c := machine(t, map[string]string{"cgroup.controllers": "cpu memory\n", "cgroup.subtree_control": "", "system.slice/cgroup.procs": ""})
	if err := c.Make(); err != nil {
		t.Fatal(err)
	}
	if control := content(t, c, "cgroup.subtree_control"); control != "+memory" { // what was written last
		t.Errorf("passed on %q", control)
	}
	if diff := cmp.Diff([]string{"localkube-test"}, directories(t, c)); diff != "" {
		t.Errorf("cgroups (-want +got):\n%s", diff)
	}
}

func TestCgroupsRemove(t *testing.T) {
	c := machine(t, map[string]string{"memory/tasks": "", "pids/tasks": "", "memory/other/tasks": ""})
	if err := c.Make(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(c.Mount, "memory/localkube-test/kubepods/burstable/pod1"), 0o755); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time, there is nothing
		if err := c.Remove(); err != nil {
			t.Fatal(err)
		}
	}
	if left := directories(t, c); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	content(t, c, "memory/other/tasks") // is not ours
}

func TestCgroupsWithoutMount(t *testing.T) {
	if err := (Cgroups{Mount: filepath.Join(t.TempDir(), "none"), Name: "n"}).Make(); err == nil {
		t.Error("no error without cgroups")
	}
}
