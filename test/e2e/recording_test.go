package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"userscale.dev/userscale/trace"
)

// replay is the replay tool. It records what the tests do to a workload, in the ways in which its users record theirs.
const replay = "../../bin/replay"

// recorder is a `bin/replay` that records until it is interrupted.
type recorder struct {
	command   *exec.Cmd
	file, log string
}

// watchHPA records the HPA and all that it decides by. The adapter is configured by a file in manifests/.
func (w *deployed) watchHPA(t *testing.T, config string) *recorder {
	t.Helper()
	return w.startRecorder(t, "run.jsonl", "watch", "--hpa", w.name, "--config", filepath.Join(manifests, config))
}

// traceUsers records how many users there are, by the custom metrics API.
func (w *deployed) traceUsers(t *testing.T) *recorder {
	t.Helper()
	return w.startRecorder(t, "users.csv", "record", "--selector", w.selector)
}

func (w *deployed) startRecorder(t *testing.T, name string, args ...string) *recorder {
	t.Helper()
	file := filepath.Join(out, w.namespace, name)
	r := &recorder{file: file, log: file + ".log"}
	if err := os.RemoveAll(file); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(r.log)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close() // the program has its own
	r.command = exec.CommandContext(context.Background(), replay, append(args, "--namespace", w.namespace, "--out", file)...)
	r.command.Stdout, r.command.Stderr = log, log
	if err := r.command.Start(); err != nil {
		t.Fatalf("%v: make bin/replay", err)
	}
	t.Cleanup(func() {
		if r.command.ProcessState == nil { // the test failed before it came to stop
			_ = r.command.Process.Kill()
			_ = r.command.Wait()
		}
	})
	return r
}

// stop ends a recording as Ctrl-C does.
func (r *recorder) stop(t *testing.T) {
	t.Helper()
	if err := r.command.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := r.command.Wait(); err != nil {
		said, _ := os.ReadFile(r.log)
		t.Fatalf("%s: %v: %s", r.command, err, said)
	}
}

// verify replays a recorded run, and wants the HPA controller to decide the same in virtual time.
func (r *recorder) verify(t *testing.T) {
	t.Helper()
	table, err := exec.CommandContext(t.Context(), replay, "verify", "--recording", r.file).CombinedOutput()
	t.Logf("replayed:\n%s", table)
	if err != nil {
		t.Errorf("the recorded run and its replay differ: %v", err)
	}
}

// wantUsers wants that many users at the end of a trace: most of the last values, because a user who comes back is away for a moment.
func (r *recorder) wantUsers(t *testing.T, users float64) {
	t.Helper()
	recorded, err := trace.ReadFile(r.file)
	if err != nil {
		t.Error(err)
		return
	}
	const last = 20
	if n := len(recorded.Values); n < last || recorded.Step != time.Second {
		t.Errorf("%d values, one each %v, want at least %d, one a second", n, recorded.Step, last)
		return
	}
	values := slices.Sorted(slices.Values(recorded.Values[len(recorded.Values)-last:]))
	if values[last/2] != users {
		t.Errorf("the trace ends with %v, sorted, want %v users in the middle", values, users)
	}
}
