// Package cluster handles clusters from outside: it starts, finds, enters and removes them. What runs inside is the
// supervisor's.
package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"userscale.dev/userscale/localkube/plan"
)

// Root is the directory of the directories of all clusters.
const Root = "/var/lib/localkube"

// Cluster is a cluster of this machine, running or not.
type Cluster struct {
	Name   string
	Layout plan.Layout
}

// Named returns the cluster with the name.
func Named(name string) Cluster {
	return Cluster{Name: name, Layout: plan.Layout{Dir: filepath.Join(Root, name)}}
}

// Running reports whether the cluster's supervisor runs (or is about to).
func (c Cluster) Running() (bool, error) {
	lock, err := tryLock(c.Layout.Dir, unix.LOCK_SH)
	if errors.Is(err, errLocked) {
		return true, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return false, lock.Close()
}

// Options returns what the cluster was started with.
func (c Cluster) Options() (plan.Options, error) {
	var o plan.Options
	data, err := os.ReadFile(c.Layout.File("options.json"))
	if err != nil {
		return o, fmt.Errorf("read the options of cluster %s: %w", c.Name, err)
	}
	if err := json.Unmarshal(data, &o); err != nil {
		return o, fmt.Errorf("read the options of cluster %s: %w", c.Name, err)
	}
	return o, nil
}

// pid returns the process ID of the cluster's supervisor, which must be running.
func (c Cluster) pid() (int, error) {
	data, err := os.ReadFile(c.Layout.File("supervisor.pid"))
	if err != nil {
		return 0, fmt.Errorf("find the supervisor of cluster %s: %w", c.Name, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return 0, fmt.Errorf("find the supervisor of cluster %s: %w", c.Name, err)
	}
	// The ID could be another process's by now.
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return 0, fmt.Errorf("find the supervisor of cluster %s: %w", c.Name, err)
	}
	if want := strings.Join([]string{SupervisorName, c.Name, ""}, "\x00"); string(line) != want {
		return 0, fmt.Errorf("find the supervisor of cluster %s: process %d is %q", c.Name, pid, line)
	}
	return pid, nil
}

// Exclusive returns the names of the running exclusive clusters: at most one, unless one ends or starts meanwhile.
func Exclusive() []string {
	entries, err := os.ReadDir(Root)
	if err != nil {
		return nil // there is none
	}
	var names []string
	for _, e := range entries {
		c := Named(e.Name())
		running, err := c.Running()
		if err != nil || !running {
			continue
		}
		if o, err := c.Options(); err == nil && o.Exclusive {
			names = append(names, c.Name)
		}
	}
	return names
}
