// Package node prepares what the programs of a cluster run in, from inside its new namespaces: mounts, network, cgroups.
package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"userscale.dev/userscale/localkube/plan"
)

// Mount makes the mounts of the cluster in the calling process's mount namespace, which must be its own. /run is new and empty;
// /var/lib and /var/log show what the machine has there, but what is written stays in the namespace: kubelet and the CNI
// plugins have paths there that no flag changes. The cluster's own directory stays the real one.
func Mount(l plan.Layout) error {
	resolv, err := filepath.EvalSymlinks("/etc/resolv.conf")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("find resolv.conf: %w", err)
	}
	m := mounter{}
	m.mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "") // nothing from here reaches the machine
	m.mount("", "/", "", unix.MS_REC|unix.MS_SHARED, "")  // but pods' mounts may propagate within
	m.mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	m.mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755")
	m.mkdir("/run/localkube/state")
	m.mount(l.Dir, "/run/localkube/state", "", unix.MS_BIND, "")
	m.overlay("/var/lib")
	m.overlay("/var/log")
	m.mount("/run/localkube/state", l.Dir, "", unix.MS_BIND, "")
	if resolv != "" {
		m.resolvConf(l, resolv)
	}
	return m.err
}

// mounter keeps the first error, after which it does nothing more.
type mounter struct {
	err error
}

func (m *mounter) mount(source, target, kind string, flags uintptr, data string) {
	if m.err != nil {
		return
	}
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		m.err = fmt.Errorf("mount %s%s on %s: %w", kind, source, target, err)
	}
}

func (m *mounter) mkdir(dir string) {
	if m.err == nil {
		m.err = os.MkdirAll(dir, 0o755)
	}
}

// overlay makes dir writable without changing what the machine has there.
func (m *mounter) overlay(dir string) {
	upper := "/run/localkube/upper" + dir
	work := "/run/localkube/work" + dir
	m.mkdir(upper)
	m.mkdir(work)
	m.mount("overlay", dir, "overlay", 0, fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", dir, upper, work))
}

// resolvConf makes the resolver of everything in the namespace ask the cluster's DNS. On some machines the file is a link into
// /run, which is empty by now.
func (m *mounter) resolvConf(l plan.Layout, resolv string) {
	if strings.HasPrefix(resolv, "/run/") {
		m.mkdir(filepath.Dir(resolv))
		if m.err == nil {
			m.err = os.WriteFile(resolv, nil, 0o644)
		}
	}
	m.mount(l.File("config", "resolv.conf"), resolv, "", unix.MS_BIND, "")
}
