// Package integration tests localkube as its users see it: the built binary, real clusters, and what is left of them.
package integration

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"userscale.dev/userscale/localkube/image"
)

// localkube is the built binary and a cluster's name.
type localkube struct {
	binary, name string
}

// build returns the built binary, or skips the test where there can't be a cluster.
func build(t *testing.T) localkube {
	t.Helper()
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		t.Skip("SKIPPED: a cluster needs root on Linux")
	}
	binary, err := filepath.Abs("../../bin/localkube")
	if err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), "../build.sh", binary).CombinedOutput()
	t.Logf("build.sh: %s", output)
	if err != nil {
		t.Fatal(err)
	}
	return localkube{binary: binary, name: "localkube-test"}
}

// run runs a command of localkube that must succeed, and returns its standard output.
func (l localkube) run(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := l.try(t, args...)
	if code != 0 {
		t.Fatalf("localkube %v: exit code %d\n%s%s", args, code, stdout, stderr)
	}
	return stdout
}

// try runs a command of localkube.
func (l localkube) try(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 15*time.Minute) // also after the test, to clean up
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, l.binary, append([]string{"--name", l.name}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// kubectl runs the built-in kubectl, which must succeed, and returns what it prints.
func (l localkube) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	return strings.TrimSpace(l.run(t, append([]string{"kubectl"}, args...)...))
}

// eventually repeats the check until it returns an empty problem.
func eventually(t *testing.T, what string, check func() (problem string)) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		problem := check()
		if problem == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %s", what, problem)
		}
		time.Sleep(500 * time.Millisecond) // of a real cluster's time: there is no clock to fake
	}
}

// testImage builds the test pod's image and returns the archive's path.
func testImage(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "testpod")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", binary, "./testpod")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the test pod: %v\n%s", err, output)
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := os.Create(filepath.Join(dir, "testpod.tar"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	i := image.Image{Name: "localhost/localkube/testpod:dev", Binary: content, Path: "/testpod", Arch: runtime.GOARCH}
	if err := i.Archive(archive); err != nil {
		t.Fatal(err)
	}
	return archive.Name()
}

// TestCluster boots one cluster, looks at it from all sides, breaks it, and removes it.
func TestCluster(t *testing.T) {
	l := build(t)
	archive := testImage(t)
	l.run(t, "down") // what an interrupted test has left
	before := leftovers()
	t.Cleanup(func() { l.run(t, "down") })

	t.Log(l.run(t, "up", "--hpa-sync-period=5s"))
	t.Run("up again", func(t *testing.T) { testUpAgain(t, l) })
	t.Run("status", func(t *testing.T) { testStatus(t, l) })
	t.Run("exec", func(t *testing.T) { testExec(t, l) })
	l.run(t, "load", archive)
	l.kubectl(t, "apply", "-f", "testdata/pods.yaml")
	l.kubectl(t, "rollout", "status", "deployment/server", "--timeout=60s")
	t.Run("pods", func(t *testing.T) { testPods(t, l) })
	t.Run("services", func(t *testing.T) { testServices(t, l) })
	t.Run("rights", func(t *testing.T) { testRights(t, l) })
	t.Run("top", func(t *testing.T) { testTop(t, l) })
	t.Run("restart", func(t *testing.T) { testRestart(t, l) })
	t.Run("side by side", func(t *testing.T) { testSideBySide(t, l) })
	t.Run("interrupted", func(t *testing.T) { testInterrupted(t, l) })

	own := strings.Fields(l.run(t, "exec", "sh", "-c", "readlink /proc/[0-9]*/ns/net /proc/[0-9]*/ns/mnt /proc/[0-9]*/ns/pid | sort -u"))
	if len(own) < 3+2*2 { // the supervisor's, and a network and mounts for each server
		t.Errorf("the cluster has only the namespaces %v", own)
	}
	l.run(t, "down")
	requireNoTraces(t, l)
	requireSame(t, "the machine's directories", before, leftovers())
	eventually(t, "namespaces are left", func() string { // the machine's init takes a moment to bury the supervisor
		return strings.Join(common(own, namespaces(t)), " ")
	})
}

func testUpAgain(t *testing.T, l localkube) {
	if out := l.run(t, "up", "--hpa-sync-period=5s"); !strings.Contains(out, "is up") {
		t.Errorf("a second up says %q, want that it is up", out)
	}
	code, _, stderr := l.try(t, "up", "--hpa-sync-period=15s")
	if code == 0 || !strings.Contains(stderr, "hpa-sync-period=5s") {
		t.Errorf("up with other options: exit code %d, %q; want an error that names the present ones", code, stderr)
	}
}

func testStatus(t *testing.T, l localkube) {
	out := l.run(t, "status")
	for _, component := range []string{
		"containerd", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "coredns", "metrics-server",
	} {
		if !strings.Contains(out, component) {
			t.Errorf("status does not name %s:\n%s", component, out)
		}
		if log := l.run(t, "logs", component); component != "etcd" && log == "" { // etcd only warns
			t.Errorf("the log of %s is empty", component)
		}
	}
	other := localkube{binary: l.binary, name: "localkube-none"}
	if code, _, _ := other.try(t, "status"); code == 0 {
		t.Error("the status of a cluster that does not run has exit code 0")
	}
}

func testExec(t *testing.T, l localkube) {
	for _, test := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"exit code", []string{"sh", "-c", "exit 7"}, 7, ""},
		{"signal", []string{"sh", "-c", "kill -TERM $$"}, 128 + 15, ""},
		{"directory", []string{"ls"}, 0, "machine_test.go"},
		{"kubectl on PATH", []string{"kubectl", "get", "nodes", "-o", "name"}, 0, "node/" + l.name},
		{"resolver", []string{"cat", "/etc/resolv.conf"}, 0, "nameserver 10.96.0.10"},
		{"own flags", []string{"ls", "-d", "/proc/1"}, 0, "/proc/1"},
		{"no way out", []string{"ip", "route", "show", "default"}, 0, ""},
		{"no such command", []string{"no-such-command"}, 127, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := l.try(t, append([]string{"exec"}, test.args...)...)
			if code != test.code || !strings.Contains(stdout, test.want) {
				t.Errorf("exec %v: exit code %d, want %d; output %q, want %q in it\n%s", test.args, code, test.code, stdout, test.want, stderr)
			}
		})
	}
}

// testPods checks that pods run, and that kubectl reaches into them.
func testPods(t *testing.T, l localkube) {
	pod := strings.Fields(l.kubectl(t, "get", "pods", "-l", "app=server", "-o", "name"))[0]
	if log := l.kubectl(t, "logs", pod); log != "serving as "+strings.TrimPrefix(pod, "pod/") {
		t.Errorf("kubectl logs: %q", log)
	}
	if out := l.kubectl(t, "exec", pod, "--", "/testpod", "lookup", "kubernetes.default"); out != "10.96.0.1" {
		t.Errorf("kubernetes.default is %q inside a pod, want 10.96.0.1", out)
	}
}

// testServices checks the way to a Service's pods, from a pod and from the node, by name and by address.
func testServices(t *testing.T, l localkube) {
	pod := strings.Fields(l.kubectl(t, "get", "pods", "-l", "app=server", "-o", "name"))[0]
	address := l.kubectl(t, "get", "service", "server", "-o", "jsonpath={.spec.clusterIP}")
	if out := l.kubectl(t, "exec", pod, "--", "/testpod", "lookup", "server"); out != address {
		t.Errorf("the Service's name is %q inside a pod, want %s", out, address)
	}
	for range 6 { // both backends, so also the asking pod itself
		if out := l.kubectl(t, "exec", pod, "--", "/testpod", "get", "http://server"); !strings.HasPrefix(out, "server-") {
			t.Errorf("from a pod through the Service: %q", out)
		}
	}
	answered := map[string]bool{}
	for range 12 {
		answered[l.run(t, "exec", "--", "curl", "-sS", "--max-time", "5", "http://"+address)] = true
	}
	if len(answered) != 2 {
		t.Errorf("from the node through the Service: answers %v, want two pods", answered)
	}
	if out := l.run(t, "exec", "--", "curl", "-sS", "--max-time", "5", "http://server.default.svc.cluster.local"); !strings.HasPrefix(out, "server-") {
		t.Errorf("from the node by the Service's name: %q", out)
	}
}

// testRights checks that nothing is open that a real cluster has closed.
func testRights(t *testing.T, l localkube) {
	for _, url := range []string{"https://10.90.0.1:10250/pods", "https://10.90.0.1:6443/api/v1/secrets", "https://10.90.0.1:10300/metrics"} {
		status := l.run(t, "exec", "--", "curl", "-s", "--cacert", "/var/lib/localkube/"+l.name+"/pki/ca.crt", "-o", "/dev/null", "-w", "%{http_code}", url)
		if status != "401" && status != "403" {
			t.Errorf("%s without credentials: status %s, want 401 or 403", url, status)
		}
	}
	if code, _, _ := l.try(t, "exec", "--", "curl", "-s", "--cacert", "/var/lib/localkube/"+l.name+"/pki/ca.crt", "https://127.0.0.1:2379/version"); code == 0 {
		t.Error("etcd talks to a client without a certificate that its own authority has signed")
	}
	autoscaler := "system:serviceaccount:kube-system:horizontal-pod-autoscaler"
	code, out, _ := l.try(t, "kubectl", "auth", "can-i", "list", "pods.custom.metrics.k8s.io", "--as", autoscaler)
	if code == 0 {
		t.Errorf("the autoscaler may read custom metrics before anybody has allowed it: %q", out)
	}
	if insecure := l.kubectl(t, "get", "apiservices", "-o", "jsonpath={.items[*].spec.insecureSkipTLSVerify}"); insecure != "" {
		t.Errorf("an APIService skips verification: %q", insecure)
	}
}

// testTop checks that metrics-server has the pods' use, which takes it two rounds.
func testTop(t *testing.T, l localkube) {
	eventually(t, "kubectl top pods", func() string {
		code, stdout, stderr := l.try(t, "kubectl", "top", "pods", "--no-headers")
		if code == 0 && strings.Count(stdout, "server-") == 2 {
			return ""
		}
		return stdout + stderr
	})
}

// testRestart kills a component and waits until the supervisor has replaced it.
func testRestart(t *testing.T, l localkube) {
	l.run(t, "exec", "--", "sh", "-c", "kill -9 $(pgrep -x kube-scheduler)")
	eventually(t, "a new scheduler", func() string {
		code, stdout, stderr := l.try(t, "status")
		if code == 0 && regexp.MustCompile(`(?m)^kube-scheduler +\d+ +1 +ok$`).MatchString(stdout) {
			return ""
		}
		return stdout + stderr
	})
	if log := l.run(t, "logs", "supervisor"); !strings.Contains(log, "component=kube-scheduler reason=\"killed by signal killed\"") {
		t.Errorf("the supervisor's log does not say what happened:\n%s", log)
	}
}

// testSideBySide checks that two clusters do not meet, and that one whose supervisor was killed leaves nothing either.
func testSideBySide(t *testing.T, l localkube) {
	other := localkube{binary: l.binary, name: l.name + "-2"}
	t.Cleanup(func() { other.run(t, "down") })
	if code, stdout, _ := other.try(t, "up", "--exclusive", "--wait=1s"); code == 0 {
		testExclusive(t, localkube{binary: l.binary, name: l.name + "-exclusive"}, other.name)
	} else { // this test does not measure, so it need not wait
		t.Logf("not testing exclusive clusters beside another one: %s", stdout)
		other.run(t, "up")
	}
	if nodes := other.kubectl(t, "get", "nodes", "-o", "name"); nodes != "node/"+other.name {
		t.Errorf("the nodes of %s are %q", other.name, nodes)
	}
	l.run(t, "status")
	pid, err := os.ReadFile("/var/lib/localkube/" + other.name + "/supervisor.pid")
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(string(pid))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(number, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of a killed cluster", func() string {
		if code, stdout, _ := other.try(t, "status"); code == 0 {
			return stdout
		}
		return ""
	})
	other.run(t, "down")
	requireNoTraces(t, other)
	l.run(t, "status")
}

// testExclusive checks that a second exclusive cluster waits, and names the first.
func testExclusive(t *testing.T, l localkube, holder string) {
	t.Helper()
	code, stdout, stderr := l.try(t, "up", "--exclusive", "--wait=3s")
	if code == 0 || !strings.Contains(stdout, "down: "+holder) || !strings.Contains(stderr, "waited for 3s") {
		t.Errorf("a second exclusive cluster: exit code %d, %q, %q; want that it waits for %s", code, stdout, stderr, holder)
	}
	requireNoTraces(t, l)
}

// testInterrupted checks that nothing is left of a cluster that nobody waits for any more.
func testInterrupted(t *testing.T, l localkube) {
	other := localkube{binary: l.binary, name: l.name + "-3"}
	cmd := exec.CommandContext(t.Context(), l.binary, "--name", other.name, "up")
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "etcd") {
			break
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("an interrupted up has exit code 0")
	}
	requireNoTraces(t, other)
}

func requireNoTraces(t *testing.T, l localkube) {
	t.Helper()
	if found := traces(t, l.name); len(found) > 0 {
		t.Errorf("cluster %s has left:\n%s", l.name, strings.Join(found, "\n"))
	}
}

// common returns what is in both lists.
func common(a, b []string) []string {
	var both []string
	for _, s := range a {
		if slices.Contains(b, s) {
			both = append(both, s)
		}
	}
	return both
}
