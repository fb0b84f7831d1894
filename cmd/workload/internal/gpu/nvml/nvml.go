//go:build linux

// Package nvml reads what the NVIDIA driver says of a GPU, through its management library and without cgo.
package nvml

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ebitengine/purego"

	"userscale.dev/userscale/cmd/workload/internal/gpu/dl"
)

// Libraries are the files that may be NVML, in order.
func Libraries() []string {
	return []string{
		"libnvidia-ml.so.1",
		"/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",
		"/usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1",
		"/usr/lib64/libnvidia-ml.so.1",
		"/usr/local/nvidia/lib64/libnvidia-ml.so.1",
		"/usr/lib/wsl/lib/libnvidia-ml.so.1",
	}
}

// utilization is nvmlUtilization_t.
type utilization struct {
	gpu uint32 // percent of the last sample period, 1/6 s to 1 s, in which a kernel ran
	_   uint32 // memory
}

// memory is nvmlMemory_t, in bytes.
type memory struct {
	_, _ uint64 // total, free
	used uint64
}

// library is what we call of NVML.
type library struct {
	Init                      func() error                                    `c:"nvmlInit_v2"`
	Shutdown                  func() error                                    `c:"nvmlShutdown"`
	DeviceGetHandleByUUID     func(uuid string, device *uintptr) error        `c:"nvmlDeviceGetHandleByUUID"`
	DeviceGetUtilizationRates func(device uintptr, rates *utilization) error  `c:"nvmlDeviceGetUtilizationRates"`
	DeviceGetMemoryInfo       func(device uintptr, information *memory) error `c:"nvmlDeviceGetMemoryInfo"`
}

// Device is a GPU, or an instance of one. It is safe for concurrent use, as NVML is. Open makes one and Close lets it go.
type Device struct {
	library library
	handle  uintptr
}

// Reading is what NVML says of a GPU, whoever uses it. What it does not say is nil.
type Reading struct {
	Utilization *float64 // share of the last sample period, 1/6 s to 1 s, in which a kernel ran; 0 to 1
	MemoryUsed  *uint64  // bytes, what the driver keeps for itself included
	Missing     string   // why something is nil; empty if nothing is
}

// Open finds the GPU with this UUID, with NVML in one of the files.
func Open(files []string, uuid string) (*Device, error) {
	loaded, err := dl.Open(files)
	if err != nil {
		return nil, err
	}
	address, err := loaded.Lookup("nvmlErrorString")
	if err != nil {
		return nil, err
	}
	var errorString func(code int32) string
	purego.RegisterFunc(&errorString, address)

	var d Device
	explain := func(code int32) error { return fmt.Errorf("%s (nvmlReturn_t %d)", errorString(code), code) }
	if err := loaded.Bind(&d.library, explain); err != nil {
		return nil, err
	}
	if err := d.library.Init(); err != nil {
		return nil, err
	}
	if err := d.library.DeviceGetHandleByUUID(uuid, &d.handle); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", uuid, err), d.library.Shutdown())
	}
	return &d, nil
}

// Read asks NVML now. An instance of a GPU (MIG) has no utilisation.
func (d *Device) Read() Reading {
	var r Reading
	var missing []string
	var rates utilization
	if err := d.library.DeviceGetUtilizationRates(d.handle, &rates); err != nil {
		missing = append(missing, err.Error())
	} else {
		r.Utilization = new(float64(rates.gpu) / 100)
	}
	var m memory
	if err := d.library.DeviceGetMemoryInfo(d.handle, &m); err != nil {
		missing = append(missing, err.Error())
	} else {
		r.MemoryUsed = &m.used
	}
	r.Missing = strings.Join(missing, "; ")
	return r
}

// Close gives back what Open took. It must be the last call.
func (d *Device) Close() error {
	return d.library.Shutdown()
}
