package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"userscale.dev/userscale/localkube/node"
)

// removeInterval is how often what can't be removed yet is tried again: the kernel takes a moment to let go of a cgroup.
const removeInterval = 50 * time.Millisecond

// Remove ends everything that runs in the cluster and removes all it has made on the machine. It is no error if there is
// nothing.
func (c Cluster) Remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, errors.New("still there after 30s"))
	defer cancel()
	running, err := c.Running()
	if err != nil {
		return err
	}
	if running {
		if err := c.kill(ctx); err != nil {
			return err
		}
	}
	if err := c.clear(ctx); err != nil {
		return err
	}
	if err := os.Remove(c.Layout.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the directory of cluster %s: %w", c.Name, err)
	}
	return removeRoot()
}

// clear removes what a cluster that no longer runs has left: its cgroups and all in its directory, which stays.
func (c Cluster) clear(ctx context.Context) error {
	if err := retry(ctx, node.CgroupsOf(c.Name).Remove); err != nil {
		return fmt.Errorf("remove the cgroups of cluster %s: %w", c.Name, err)
	}
	entries, err := os.ReadDir(c.Layout.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("list the directory of cluster %s: %w", c.Name, err)
	}
	for _, e := range entries {
		if err := retry(ctx, func() error { return os.RemoveAll(c.Layout.File(e.Name())) }); err != nil {
			return fmt.Errorf("empty the directory of cluster %s: %w", c.Name, err)
		}
	}
	return nil
}

// kill ends the supervisor, which is the first process of a PID namespace: the kernel ends all others in there with it, and
// the supervisor's end is complete when theirs is. Mounts and network have no other owner and vanish too.
func (c Cluster) kill(ctx context.Context) error {
	pid, err := c.pid()
	if err != nil {
		return err
	}
	handle, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return fmt.Errorf("open the supervisor's process: %w", err)
	}
	defer unix.Close(handle) //nolint:errcheck // nothing was written
	if err := unix.PidfdSendSignal(handle, unix.SIGKILL, nil, 0); err != nil {
		return fmt.Errorf("end the supervisor of cluster %s: %w", c.Name, err)
	}
	return retry(ctx, func() error {
		if ended, err := hasEnded(handle); ended || err != nil {
			return err
		}
		return fmt.Errorf("the supervisor of cluster %s (process %d) does not end", c.Name, pid)
	})
}

// hasEnded reports whether the process of a pidfd has ended: it is readable then.
func hasEnded(handle int) (bool, error) {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(handle), Events: unix.POLLIN}}, 0)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return false, fmt.Errorf("poll the supervisor's process: %w", err)
	}
	return n > 0, nil
}

// retry repeats f until it succeeds or the context ends; the error is the last one of f then.
func retry(ctx context.Context, f func() error) error {
	for {
		err := f()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, context.Cause(ctx))
		case <-time.After(removeInterval):
		}
	}
}

// removeRoot removes the directory of all clusters if there is none left and no exclusive one is about to start.
func removeRoot() error {
	lock, err := tryLock(Root, unix.LOCK_EX)
	if errors.Is(err, errLocked) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer lock.Close() //nolint:errcheck // nothing was written
	err = os.Remove(Root)
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTEMPTY) {
		return nil
	}
	return fmt.Errorf("remove the directory of all clusters: %w", err)
}
