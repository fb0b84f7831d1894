//go:build linux

package cuda

import (
	_ "embed"
	"time"
)

//go:generate clang-14 -x cuda --cuda-device-only --cuda-gpu-arch=sm_75 -nocudainc -nocudalib -Xclang -target-feature -Xclang +ptx63 -O2 -S -o busy.ptx busy.cu

// busyPTX is the kernel for Turing, which the driver compiles for the GPU that is there, of that or any later kind.
//
//go:embed busy.ptx
var busyPTX string

const (
	kernelName = "busy"
	// blockThreads × blocksPerMultiprocessor threads are in flight on a multiprocessor at once whatever the architecture, so that all blocks
	// begin together and the slice is as long as each of them.
	blockThreads            = 256
	blocksPerMultiprocessor = 2
	// turnTime is what a turn of the kernel's loop takes at the very least; busy.cu says why.
	turnTime = 32 * time.Nanosecond
)

// kernelImage is the kernel as the driver reads it: to the first zero.
func kernelImage() []byte {
	return append([]byte(busyPTX), 0)
}

// arguments are the kernel's, in its order.
type arguments struct {
	out         devicePtr
	nanoseconds uint64
	turns       uint64
}

// setTime has the kernel run for d, and end even if the GPU's timer stands still.
func (a *arguments) setTime(d time.Duration) {
	a.nanoseconds = uint64(max(d, 0))
	a.turns = a.nanoseconds/uint64(turnTime) + 1
}
