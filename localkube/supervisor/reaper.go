package supervisor

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
)

// reaper waits for all child processes. The supervisor is the first process of its PID namespace, so it inherits the orphans
// there (containerd's shims), and somebody has to wait for them; only one place can, or it would take the others' children.
type reaper struct {
	mu      sync.Mutex // held while starting and while reaping, so that no child ends before it is in the map
	started map[int]chan<- syscall.WaitStatus
}

func newReaper() *reaper {
	return &reaper{started: map[int]chan<- syscall.WaitStatus{}}
}

// start starts the command, whose standard streams must be files or nil. The channel gets its status when it has ended.
func (r *reaper) start(cmd *exec.Cmd) (<-chan syscall.WaitStatus, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	ended := make(chan syscall.WaitStatus, 1)
	r.started[cmd.Process.Pid] = ended
	return ended, nil
}

// run starts the command and waits until it has ended.
func (r *reaper) run(cmd *exec.Cmd) error {
	ended, err := r.start(cmd)
	if err != nil {
		return err
	}
	if status := <-ended; status != 0 {
		return fmt.Errorf("%s: %s", cmd.Path, describe(status))
	}
	return nil
}

// loop reaps until the process ends.
func (r *reaper) loop() {
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for range children {
		for r.reapOne() {
		}
	}
}

func (r *reaper) reapOne() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
	if err == syscall.EINTR {
		return true
	}
	if err != nil || pid <= 0 {
		return false
	}
	if ended, ok := r.started[pid]; ok {
		ended <- status
		delete(r.started, pid)
	}
	return true
}

// describe says how a process ended.
func describe(status syscall.WaitStatus) string {
	if status.Signaled() {
		return "killed by signal " + status.Signal().String()
	}
	return fmt.Sprintf("exit status %d", status.ExitStatus())
}
