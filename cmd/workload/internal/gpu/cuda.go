//go:build cuda && linux

package gpu

import (
	"errors"

	"userscale.dev/userscale/cmd/workload/internal/gpu/cuda"
	"userscale.dev/userscale/cmd/workload/internal/gpu/nvml"
)

// openCUDA takes the first GPU that CUDA shows.
func openCUDA() (Choice, error) {
	device, err := cuda.Open(cuda.Libraries())
	if err != nil {
		return Choice{}, err
	}
	h := &Hardware{Name: device.Name, UUID: device.UUID, close: device.Close}
	h.read(nvml.Libraries())
	return Choice{Device: device, Mode: CUDA, Hardware: h}, nil
}

// read has the hardware ask NVML. A GPU works without: then it is NVML's figures that are missing.
func (h *Hardware) read(files []string) {
	manager, err := nvml.Open(files, h.UUID)
	if err != nil {
		h.Read = func() Reading { return Reading{Missing: err.Error()} }
		return
	}
	device := h.close
	h.close = func() error { return errors.Join(manager.Close(), device()) }
	h.Read = func() Reading { return Reading(manager.Read()) }
}
