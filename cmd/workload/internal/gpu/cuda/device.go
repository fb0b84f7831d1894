//go:build linux

// Package cuda keeps a GPU of NVIDIA's busy, through the CUDA driver API and without cgo.
package cuda

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
	"unsafe"
)

// Libraries are the files that may be the driver, in order.
func Libraries() []string {
	return []string{
		"libcuda.so.1",
		"/usr/lib/x86_64-linux-gnu/libcuda.so.1",
		"/usr/lib/aarch64-linux-gnu/libcuda.so.1",
		"/usr/lib64/libcuda.so.1",
		"/usr/local/nvidia/lib64/libcuda.so.1",
		"/usr/lib/wsl/lib/libcuda.so.1",
	}
}

// Device is the first of the GPUs that CUDA_VISIBLE_DEVICES lets the driver see. Open makes one and Close lets it go.
type Device struct {
	Name string // the model's
	UUID string // GPU-…, or MIG-… for an instance

	driver  *driver
	handle  device
	context primary        // 0 as long as it is not retained
	undo    []func() error // gives back what was taken, the last first

	blocks    uint32 // of the grid: all multiprocessors are busy
	busy      kernel
	arguments *arguments
	pointers  *[3]unsafe.Pointer // to the arguments
	pinner    runtime.Pinner

	slices          [inFlight]slice // used in turn
	started, waited int             // how many were
}

// inFlight is how many slices can be started and not over.
const inFlight = 2

// slice is launched between two events, whose times the GPU notes.
type slice struct{ begin, end event }

// Open takes the GPU, with the driver in one of the files.
func Open(files []string) (*Device, error) {
	driver, err := load(files)
	if err != nil {
		return nil, err
	}
	d := &Device{driver: driver, arguments: &arguments{}}
	if err := d.open(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Start has the GPU work for t, once it is through with what was started before. Call it and Wait on one goroutine.
func (d *Device) Start(t time.Duration) error {
	if d.started-d.waited == inFlight {
		return fmt.Errorf("starting a slice: %d are in flight, and there is room for no more", inFlight)
	}
	runtime.LockOSThread() // the current context is a thread's, not a goroutine's
	defer runtime.UnlockOSThread()
	if err := d.driver.CtxSetCurrent(d.context); err != nil {
		return err
	}
	s := d.slices[d.started%inFlight]
	if err := d.driver.EventRecord(s.begin, 0); err != nil {
		return err
	}
	d.arguments.setTime(t) // the driver copies them when it launches
	if err := d.driver.LaunchKernel(d.busy, d.blocks, 1, 1, blockThreads, 1, 1, 0, 0, &d.pointers[0], nil); err != nil {
		return err
	}
	if err := d.driver.EventRecord(s.end, 0); err != nil {
		return err
	}
	d.started++
	return nil
}

// Wait sleeps until the oldest slice that was started is over, and returns how long it was by the GPU's own clock.
func (d *Device) Wait() (time.Duration, error) {
	if d.started == d.waited {
		return 0, errors.New("waiting for a slice: none is in flight")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := d.driver.CtxSetCurrent(d.context); err != nil {
		return 0, err
	}
	s := d.slices[d.waited%inFlight]
	if err := d.driver.EventSynchronize(s.end); err != nil {
		return 0, err
	}
	var milliseconds float32
	if err := d.driver.EventElapsedTime(&milliseconds, s.begin, s.end); err != nil {
		return 0, err
	}
	d.waited++
	return time.Duration(float64(milliseconds) * float64(time.Millisecond)), nil
}

// Close gives back what Open took, when what is in flight is over. It must be the last call.
func (d *Device) Close() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var errs []error
	if d.context != 0 {
		errs = append(errs, d.driver.CtxSetCurrent(d.context))
	}
	for _, undo := range slices.Backward(d.undo) {
		errs = append(errs, undo())
	}
	d.pinner.Unpin()
	return errors.Join(errs...)
}

func (d *Device) open() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, step := range []func() error{d.find, d.attach, d.compile, d.allocate} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// find sees that there is a GPU and what it is. The driver counts only those that CUDA_VISIBLE_DEVICES names.
func (d *Device) find() error {
	if err := d.driver.Init(0); err != nil {
		return d.visible(err)
	}
	if err := d.driver.DeviceGet(&d.handle, 0); err != nil {
		return d.visible(err)
	}
	var name [256]byte
	if err := d.driver.DeviceGetName(&name[0], int32(len(name)), d.handle); err != nil {
		return err
	}
	d.Name = cString(&name[0])
	var uuid [16]byte
	if err := d.driver.DeviceGetUUID(&uuid, d.handle); err != nil {
		return err
	}
	d.UUID = formatUUID(d.Name, uuid)
	var multiprocessors int32
	if err := d.driver.DeviceGetAttribute(&multiprocessors, attributeMultiprocessorCount, d.handle); err != nil {
		return err
	}
	d.blocks = uint32(multiprocessors) * blocksPerMultiprocessor
	return nil
}

// visible says what is often behind a GPU that is not there.
func (d *Device) visible(err error) error {
	if set, ok := os.LookupEnv("CUDA_VISIBLE_DEVICES"); ok {
		return fmt.Errorf("%w; CUDA_VISIBLE_DEVICES is %q, and the driver shows no other GPUs than those it names", err, set)
	}
	return err
}

// formatUUID writes a UUID as NVIDIA's tools do. That of an instance has another prefix, and CUDA shows that a device is one by its name,
// such as "NVIDIA A100-SXM4-40GB MIG 1g.5gb".
func formatUUID(name string, b [16]byte) string {
	prefix := "GPU"
	if strings.Contains(name, " MIG ") {
		prefix = "MIG"
	}
	return fmt.Sprintf("%s-%x-%x-%x-%x-%x", prefix, b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// attach takes the device's primary context. Flags have to be set before: this one lets a thread sleep while it waits, where it would spin
// otherwise.
func (d *Device) attach() error {
	if err := d.driver.DevicePrimaryCtxSetFlags(d.handle, ctxSchedBlockingSync); err != nil {
		return err
	}
	if err := d.driver.DevicePrimaryCtxRetain(&d.context, d.handle); err != nil {
		return err
	}
	d.later(func() error { return d.driver.DevicePrimaryCtxRelease(d.handle) })
	if err := d.driver.CtxSetCurrent(d.context); err != nil {
		return err
	}
	d.later(func() error { return d.driver.CtxSetCurrent(0) })
	return nil
}

// compile has the driver compile the kernel; what its compiler complains of is in the error.
func (d *Device) compile() error {
	image := kernelImage()
	complaint := make([]byte, 8<<10)
	options := [...]int32{jitErrorLogBuffer, jitErrorLogBufferSizeBytes}
	d.pinner.Pin(&complaint[0])
	values := [...]uintptr{uintptr(unsafe.Pointer(&complaint[0])), uintptr(len(complaint))}
	var m module
	if err := d.driver.ModuleLoadDataEx(&m, &image[0], uint32(len(options)), &options[0], &values[0]); err != nil {
		complaint[len(complaint)-1] = 0
		if text := strings.Join(strings.Fields(cString(&complaint[0])), " "); text != "" {
			return fmt.Errorf("%w: %s", err, text)
		}
		return err
	}
	d.later(func() error { return d.driver.ModuleUnload(m) })
	return d.driver.ModuleGetFunction(&d.busy, m, kernelName)
}

// allocate makes what each slice uses again.
func (d *Device) allocate() error {
	bytes := uint64(d.blocks) * blockThreads * uint64(unsafe.Sizeof(float32(0)))
	if err := d.driver.MemAlloc(&d.arguments.out, bytes); err != nil {
		return err
	}
	d.later(func() error { return d.driver.MemFree(d.arguments.out) })
	for i := range d.slices {
		for _, e := range []*event{&d.slices[i].begin, &d.slices[i].end} {
			if err := d.driver.EventCreate(e, eventBlockingSync); err != nil {
				return err
			}
			d.later(func() error { return d.driver.EventDestroy(*e) })
		}
	}
	a := d.arguments
	d.pointers = &[...]unsafe.Pointer{unsafe.Pointer(&a.out), unsafe.Pointer(&a.nanoseconds), unsafe.Pointer(&a.turns)}
	d.pinner.Pin(a)
	return nil
}

func (d *Device) later(undo func() error) {
	d.undo = append(d.undo, undo)
}
