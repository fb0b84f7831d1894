// Localkube is a real one-node Kubernetes in one binary: every program of the cluster, kubectl, and the commands that start,
// enter and remove it. Called by the name of one of those programs (through a symlink, or by its supervisor), it is that
// program.
package main

import (
	"os"

	"userscale.dev/userscale/localkube/command"
	"userscale.dev/userscale/localkube/components"
)

func main() {
	os.Exit(command.Main(os.Args, command.Programs{Main: components.Main, Names: components.Names()}))
}
