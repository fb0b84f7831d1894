package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// traces returns all that a cluster with the given name could leave on the machine: processes, mounts, cgroups, files, and the
// namespaces of all processes that are not the test's own.
func traces(t *testing.T, name string) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{
		"/var/lib/localkube/" + name, "/sys/fs/cgroup/localkube-" + name, "/sys/fs/cgroup/*/localkube-" + name,
	} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, paths...)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		if strings.Contains(line, "/localkube/"+name+"/") {
			found = append(found, "mount "+strings.TrimSpace(line))
		}
	}
	return append(found, processes(t, "/var/lib/localkube/"+name, "localkube-supervisor\x00"+name)...)
}

// processes returns those whose command line contains one of the words.
func processes(t *testing.T, words ...string) []string {
	t.Helper()
	var found []string
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range lines {
		line, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		for _, word := range words {
			if strings.Contains(string(line), word) {
				found = append(found, fmt.Sprintf("process %s: %q", path, line))
			}
		}
	}
	return found
}

// namespaces returns the network, mount and PID namespaces of which the machine's processes are members.
func namespaces(t *testing.T) []string {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/ns/*")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, path := range links {
		switch filepath.Base(path) {
		case "net", "mnt", "pid":
			if target, err := os.Readlink(path); err == nil {
				found = append(found, target)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// leftovers are paths outside of a cluster's own directory that its programs write to on a machine that does not hide them.
func leftovers() []string {
	var found []string
	for _, path := range []string{
		"/var/lib/kubelet", "/var/lib/cni", "/var/lib/containerd", "/var/log/containers", "/var/log/pods", "/run/containerd", "/run/netns",
		"/run/xtables.lock", "/etc/cni/net.d", "/usr/libexec/kubernetes", "/opt/cni",
	} {
		if _, err := os.Stat(path); err == nil {
			found = append(found, path)
		}
	}
	return found
}

// requireSame fails the test if the two lists of the same thing differ.
func requireSame(t *testing.T, what string, before, after []string) {
	t.Helper()
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("%s changed (-before +after):\n%s", what, diff)
	}
}
