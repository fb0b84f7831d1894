//go:build !(cuda && linux)

package gpu

import "errors"

// openCUDA says that this build, which is static and so can't load the driver, has none.
func openCUDA() (Choice, error) {
	return Choice{}, errors.New("this build is static and can't load CUDA: the image workload-cuda can, as does `make bin/workload-cuda` on Linux")
}
