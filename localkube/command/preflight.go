package command

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// preflight returns an error that says what a cluster needs and this machine lacks.
func preflight() error {
	if os.Geteuid() != 0 {
		return errors.New("a cluster needs root: it makes namespaces, mounts and cgroups")
	}
	var missing []string
	for _, program := range []string{"/usr/bin/containerd", "/usr/bin/ctr", "runc", "iptables", "/usr/bin/setpriv", "/usr/lib/cni/ptp", "/usr/lib/cni/host-local"} {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, program)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("missing %s: localkube/install-packages.sh installs them from Debian's packages containerd, runc, "+
			"iptables, util-linux and containernetworking-plugins", strings.Join(missing, ", "))
	}
	return nil
}
