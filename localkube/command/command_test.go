package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"userscale.dev/userscale/localkube/control"
	"userscale.dev/userscale/localkube/plan"
)

// programs has one program, which notes its arguments.
func programs(args *[]string) Programs {
	return Programs{Names: []string{"etcd"}, Main: func(name string) func() int {
		if name != "etcd" {
			return nil
		}
		return func() int { *args = os.Args; return 3 }
	}}
}

func TestMainIsTheProgramOfItsName(t *testing.T) {
	var args []string
	if code := Main([]string{"/some/bin/etcd", "--flag"}, programs(&args)); code != 3 {
		t.Errorf("exit code %d, want the program's", code)
	}
}

func TestRun(t *testing.T) {
	before := os.Args
	t.Cleanup(func() { os.Args = before })
	var args []string
	root := newRoot(programs(&args))
	root.SetArgs([]string{"run", "etcd", "--name", "its-own"})
	if code := report(root.Execute()); code != 3 || strings.Join(args, " ") != "etcd --name its-own" {
		t.Errorf("exit code %d, arguments %q; want the program's code, and its own flags left to it", code, args)
	}
	root.SetArgs([]string{"run", "none"})
	if err := root.Execute(); err == nil || !strings.Contains(err.Error(), "[etcd]") {
		t.Errorf("got %v, want an error that names what there is", err)
	}
}

func TestBadName(t *testing.T) {
	for _, args := range [][]string{{"--name", "../x", "down"}, {"down", "--name", "../x"}, {"--name", "../x", "kubectl", "get", "nodes"}} {
		root := newRoot(programs(new([]string)))
		root.SetArgs(args)
		if err := root.Execute(); err == nil || !strings.Contains(err.Error(), `name "../x"`) {
			t.Errorf("%v: got %v, want an error about the name", args, err)
		}
	}
}

func TestEachCommandExplainsItself(t *testing.T) {
	for _, cmd := range newRoot(programs(new([]string))).Commands() {
		if cmd.Short == "" {
			t.Errorf("%s has no description", cmd.Name())
		}
	}
}

func TestShowLog(t *testing.T) {
	l := plan.Layout{Dir: t.TempDir()}
	if err := os.MkdirAll(filepath.Dir(l.Log("etcd")), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.Log("etcd"), []byte("a line\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.File("secret.log"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := showLog(&out, l, "etcd"); err != nil || out.String() != "a line\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
	for _, name := range []string{"none", "../secret"} {
		if err := showLog(&out, l, name); err == nil || !strings.Contains(err.Error(), "there are etcd") {
			t.Errorf("log of %s: got %v, want an error that names what there is", name, err)
		}
	}
}

func TestPrintStatus(t *testing.T) {
	var out bytes.Buffer
	err := printStatus(&out, control.Status{
		Up: "5s", Components: []control.Component{{Name: "etcd", PID: 9, Restarts: 1}}, Checks: []control.Check{{Name: "node ready", Problem: "has taints"}},
	})
	want := "up for 5s\nCOMPONENT  PID  RESTARTS  STATE\netcd       9    1         ok\n\nCHECK       STATE\nnode ready  has taints\n"
	if err != nil || out.String() != want {
		t.Errorf("got %v and:\n%s\nwant:\n%s", err, out.String(), want)
	}
}

func TestPrintSteps(t *testing.T) {
	var out bytes.Buffer
	n := printSteps(&out, []control.Step{{Name: "etcd", Done: true, Seconds: 1.25}, {Name: "kubelet", Seconds: 2}})
	if n != 1 || out.String() != "  etcd                       1.2 s\n" {
		t.Errorf("printed %d steps: %q", n, out.String())
	}
}
