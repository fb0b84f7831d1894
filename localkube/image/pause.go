package image

import (
	"embed"
	"fmt"
	"runtime"

	"userscale.dev/userscale/localkube/plan"
)

// The pause binary, which build.sh compiles into the folder before it compiles the rest. The folder always has its README, so
// that everything else builds without it.
//
//go:embed bin
var bin embed.FS

// Pause returns the image of the container that holds a pod's namespaces.
func Pause() (Image, error) {
	binary, err := bin.ReadFile("bin/pause")
	if err != nil {
		return Image{}, fmt.Errorf("this localkube was built without its pause binary, build it with localkube/build.sh: %w", err)
	}
	return Image{Name: plan.PauseImage, Binary: binary, Path: "/pause", Arch: runtime.GOARCH}, nil
}
