package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"userscale.dev/userscale/localkube/plan"
)

// Cgroups are a cluster's own cgroups: one in each hierarchy of cgroup v1, or one in the only hierarchy of v2.
type Cgroups struct {
	Mount string // where the machine has its cgroups: /sys/fs/cgroup
	Name  string // plan.CgroupName
}

// CgroupsOf returns the cgroups of the named cluster.
func CgroupsOf(cluster string) Cgroups {
	return Cgroups{Mount: "/sys/fs/cgroup", Name: plan.CgroupName(cluster)}
}

// Make creates them, ready to hold processes.
func (c Cgroups) Make() error {
	hierarchies, v2, err := c.hierarchies()
	if err != nil {
		return err
	}
	if v2 {
		return c.makeV2()
	}
	for _, h := range hierarchies {
		if err := c.makeV1(h); err != nil {
			return err
		}
	}
	return nil
}

// Remove removes them and all cgroups below, which must not hold any process by now.
func (c Cgroups) Remove() error {
	hierarchies, _, err := c.hierarchies()
	if err != nil {
		return err
	}
	var errs []error
	for _, h := range hierarchies {
		errs = append(errs, removeTree(filepath.Join(h, c.Name)))
	}
	return errors.Join(errs...)
}

// hierarchies returns the directories at which cgroup hierarchies are mounted, and whether it is v2's single one.
func (c Cgroups) hierarchies() (dirs []string, v2 bool, err error) {
	if _, err := os.Stat(filepath.Join(c.Mount, "cgroup.controllers")); err == nil {
		return []string{c.Mount}, true, nil
	}
	entries, err := os.ReadDir(c.Mount)
	if err != nil {
		return nil, false, fmt.Errorf("list the cgroup hierarchies: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() { // the others are links, like cpu → cpu,cpuacct
			dirs = append(dirs, filepath.Join(c.Mount, e.Name()))
		}
	}
	return dirs, false, nil
}

// makeV1 makes one in a v1 hierarchy. A new cpuset has no processors and no memory until it is given some.
func (c Cgroups) makeV1(hierarchy string) error {
	dir := filepath.Join(hierarchy, c.Name)
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make a cgroup: %w", err)
	}
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		all, err := os.ReadFile(filepath.Join(hierarchy, file))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read a cpuset: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), all, 0); err != nil {
			return fmt.Errorf("fill a cpuset: %w", err)
		}
	}
	return nil
}

// makeV2 makes the one in the v2 hierarchy, with every controller that the machine has. Only the root may both hold processes
// and pass on controllers, so in a container of its own this can fail.
func (c Cgroups) makeV2() error {
	controllers, err := os.ReadFile(filepath.Join(c.Mount, "cgroup.controllers"))
	if err != nil {
		return fmt.Errorf("list the cgroup controllers: %w", err)
	}
	for _, controller := range strings.Fields(string(controllers)) {
		if err := os.WriteFile(filepath.Join(c.Mount, "cgroup.subtree_control"), []byte("+"+controller), 0); err != nil {
			return fmt.Errorf("pass on the cgroup controller %s: %w", controller, err)
		}
	}
	if err := os.Mkdir(filepath.Join(c.Mount, c.Name), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make a cgroup: %w", err)
	}
	return nil
}

// removeTree removes a cgroup and those below it, lowest first. The files in them vanish with them.
func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list a cgroup: %w", err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if err := removeTree(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a cgroup: %w", err)
	}
	return nil
}
