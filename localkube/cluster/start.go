package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"userscale.dev/userscale/localkube/plan"
	"userscale.dev/userscale/localkube/supervisor"
)

// SupervisorName is what a supervisor's process is called; its only argument is the cluster's name.
const SupervisorName = "localkube-supervisor"

// lockInterval is how often a lock that another cluster holds is tried again.
const lockInterval = 2 * time.Second

// exclusiveLock takes what exclusive clusters hold: the directory of all clusters.
func exclusiveLock() (*os.File, error) {
	if err := os.MkdirAll(Root, 0o755); err != nil {
		return nil, fmt.Errorf("make the directory of all clusters: %w", err)
	}
	return tryLock(Root, unix.LOCK_EX)
}

// ErrRunning says that the cluster is running already.
var ErrRunning = errors.New("already running")

// Start starts the cluster's supervisor and returns when it runs, not when the cluster is ready. What an earlier run left is
// removed first. An exclusive cluster waits until no other one runs, or the context ends; waiting is called when that begins.
func Start(ctx context.Context, o plan.Options, waiting func(holders []string)) (Cluster, error) {
	c := Named(o.Name)
	exclusive, err := waitExclusive(ctx, o, waiting)
	if err != nil {
		return c, err
	}
	if exclusive != nil {
		defer exclusive.Close() //nolint:errcheck // the supervisor has its own copy by then
	}
	lock, err := c.claim()
	if err != nil {
		return c, err
	}
	defer lock.Close() //nolint:errcheck // likewise
	if err := c.clear(ctx); err != nil {
		return c, err
	}
	if err := c.populate(o); err != nil {
		return c, err
	}
	return c, c.spawn([]*os.File{lock, exclusive})
}

// claim makes the cluster's directory and locks it. Somebody who only looks whether the cluster is running (see Running) holds
// the lock for a moment too, so it is tried for a while.
func (c Cluster) claim() (*os.File, error) {
	const patience = 20
	for i := 0; ; i++ {
		if err := os.MkdirAll(c.Layout.Dir, 0o755); err != nil {
			return nil, fmt.Errorf("make the directory of cluster %s: %w", c.Name, err)
		}
		lock, err := tryLock(c.Layout.Dir, unix.LOCK_EX)
		if !errors.Is(err, errLocked) {
			return lock, err
		}
		if i == patience {
			return nil, ErrRunning
		}
		time.Sleep(removeInterval)
	}
}

// waitExclusive returns the lock that an exclusive cluster holds, nil for another one.
func waitExclusive(ctx context.Context, o plan.Options, waiting func([]string)) (*os.File, error) {
	if !o.Exclusive {
		return nil, nil
	}
	lock, err := exclusiveLock()
	if errors.Is(err, errLocked) {
		waiting(Exclusive())
	}
	tick := time.NewTicker(lockInterval)
	defer tick.Stop()
	for errors.Is(err, errLocked) {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for another exclusive cluster %v: %w", Exclusive(), context.Cause(ctx))
		case <-tick.C:
		}
		lock, err = exclusiveLock()
	}
	return lock, err
}

// populate writes what the supervisor and those who enter the cluster need.
func (c Cluster) populate(o plan.Options) error {
	for _, dir := range []string{c.Layout.File("logs"), c.Layout.Bin()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make the directories of cluster %s: %w", c.Name, err)
		}
	}
	// Inside, process 1 is the supervisor, and its binary is all the programs, even if the file is replaced meanwhile.
	for _, program := range plan.Programs(o, c.Layout) {
		if err := os.Symlink("/proc/1/exe", filepath.Join(c.Layout.Bin(), program)); err != nil {
			return fmt.Errorf("link %s: %w", program, err)
		}
	}
	data, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("encode the options of cluster %s: %w", c.Name, err)
	}
	if err := os.WriteFile(c.Layout.File("options.json"), data, 0o644); err != nil {
		return fmt.Errorf("write the options of cluster %s: %w", c.Name, err)
	}
	return nil
}

// spawn starts this binary as the supervisor, as the first process of new namespaces. It holds the locks as long as it lives.
func (c Cluster) spawn(locks []*os.File) error {
	log, err := os.Create(c.Layout.Log("supervisor"))
	if err != nil {
		return fmt.Errorf("make the supervisor's log: %w", err)
	}
	defer log.Close() //nolint:errcheck // the supervisor writes it
	cmd := &exec.Cmd{
		Path: "/proc/self/exe", Args: []string{SupervisorName, c.Name}, Dir: "/",
		Stdout: log, Stderr: log,
		SysProcAttr: &syscall.SysProcAttr{
			Setsid:     true, // survives the terminal
			Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC,
		},
	}
	for _, lock := range locks {
		if lock != nil {
			cmd.ExtraFiles = append(cmd.ExtraFiles, lock)
		}
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the supervisor (it needs root): %w", err)
	}
	go cmd.Wait() //nolint:errcheck // only so that it is no zombie while the caller lives; its control socket tells the rest
	pid := strconv.Itoa(cmd.Process.Pid)
	if err := os.WriteFile(c.Layout.File("supervisor.pid"), []byte(pid), 0o644); err != nil {
		return errors.Join(fmt.Errorf("note the supervisor's process: %w", err), cmd.Process.Kill())
	}
	return nil
}

// Supervise runs the supervisor of the named cluster. It is the main function of the process that Start starts.
func Supervise(ctx context.Context, name string) error {
	for fd := 3; fd < 5; fd++ {
		unix.CloseOnExec(fd) // the locks are not for the components
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	c := Named(name)
	o, err := c.Options()
	if err != nil {
		return err
	}
	if err := unix.Sethostname([]byte(name)); err != nil {
		return fmt.Errorf("name the node: %w", err)
	}
	return supervisor.New(o, c.Layout).Run(ctx)
}
