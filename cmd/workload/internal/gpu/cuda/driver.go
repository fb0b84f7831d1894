//go:build linux

package cuda

import (
	"fmt"
	"unsafe"

	"userscale.dev/userscale/cmd/workload/internal/gpu/dl"
)

// From cuda.h, where the enumerations CUctx_flags, CUevent_flags, CUdevice_attribute, CUjit_option and CUresult have them.
const (
	ctxSchedBlockingSync         = 4
	eventBlockingSync            = 1
	attributeMultiprocessorCount = 16
	jitErrorLogBuffer            = 5
	jitErrorLogBufferSizeBytes   = 6
	errorNoDevice                = 100
)

// Handles of the driver's objects.
type (
	device    = int32   // CUdevice, a number
	primary   = uintptr // CUcontext
	module    = uintptr // CUmodule
	kernel    = uintptr // CUfunction
	event     = uintptr // CUevent
	stream    = uintptr // CUstream; 0 is the default stream
	devicePtr = uint64  // CUdeviceptr
)

// driver is what we call of the CUDA driver API. Where a function has versions, the tag names the symbol that cuda.h means by the plain
// name, since the library keeps the old one under that. All of these are there since CUDA 11.4.
type driver struct {
	Init                     func(flags uint32) error                                                          `c:"cuInit"`
	DeviceGet                func(d *device, ordinal int32) error                                              `c:"cuDeviceGet"`
	DeviceGetName            func(name *byte, size int32, d device) error                                      `c:"cuDeviceGetName"`
	DeviceGetUUID            func(uuid *[16]byte, d device) error                                              `c:"cuDeviceGetUuid_v2"`
	DeviceGetAttribute       func(value *int32, attribute int32, d device) error                               `c:"cuDeviceGetAttribute"`
	DevicePrimaryCtxSetFlags func(d device, flags uint32) error                                                `c:"cuDevicePrimaryCtxSetFlags_v2"`
	DevicePrimaryCtxRetain   func(c *primary, d device) error                                                  `c:"cuDevicePrimaryCtxRetain"`
	DevicePrimaryCtxRelease  func(d device) error                                                              `c:"cuDevicePrimaryCtxRelease_v2"`
	CtxSetCurrent            func(c primary) error                                                             `c:"cuCtxSetCurrent"`
	ModuleLoadDataEx         func(m *module, image *byte, count uint32, options *int32, values *uintptr) error `c:"cuModuleLoadDataEx"`
	ModuleGetFunction        func(f *kernel, m module, name string) error                                      `c:"cuModuleGetFunction"`
	ModuleUnload             func(m module) error                                                              `c:"cuModuleUnload"`
	MemAlloc                 func(p *devicePtr, bytes uint64) error                                            `c:"cuMemAlloc_v2"`
	MemFree                  func(p devicePtr) error                                                           `c:"cuMemFree_v2"`
	EventCreate              func(e *event, flags uint32) error                                                `c:"cuEventCreate"`
	EventRecord              func(e event, s stream) error                                                     `c:"cuEventRecord"`
	EventSynchronize         func(e event) error                                                               `c:"cuEventSynchronize"`
	EventElapsedTime         func(milliseconds *float32, start, end event) error                               `c:"cuEventElapsedTime"`
	EventDestroy             func(e event) error                                                               `c:"cuEventDestroy_v2"`
	LaunchKernel             func(f kernel, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes uint32, s stream,
		parameters, extra *unsafe.Pointer) error `c:"cuLaunchKernel"`
}

// names explains codes.
type names struct {
	Name        func(code int32, name **byte) error `c:"cuGetErrorName"`
	Description func(code int32, text **byte) error `c:"cuGetErrorString"`
}

// Error is why a call of the driver failed.
type Error struct {
	Code int32  // CUresult
	Name string // such as CUDA_ERROR_NO_DEVICE
	Text string // its description
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("%s (%s)", e.Name, e.Text)
}

func (n *names) explain(code int32) error {
	e := &Error{Code: code, Name: fmt.Sprintf("CUresult %d", code), Text: "a code that this driver does not explain"}
	var name, text *byte
	if n.Name(code, &name) == nil && name != nil {
		e.Name = cString(name)
	}
	if n.Description(code, &text) == nil && text != nil {
		e.Text = cString(text)
	}
	return e
}

func load(files []string) (*driver, error) {
	library, err := dl.Open(files)
	if err != nil {
		return nil, err
	}
	var n names
	if err := library.Bind(&n, func(code int32) error { return fmt.Errorf("CUresult %d", code) }); err != nil {
		return nil, err
	}
	var d driver
	if err := library.Bind(&d, n.explain); err != nil {
		return nil, err
	}
	return &d, nil
}

// cString copies a text that ends with a zero.
func cString(p *byte) string {
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) != 0 {
		n++
	}
	return string(unsafe.Slice(p, n))
}
