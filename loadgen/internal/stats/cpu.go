package stats

import (
	"syscall"
	"time"
)

// ownCPU is the CPU time that this process has used so far, in user and kernel mode, on all cores.
func ownCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0 // POSIX knows no way for this to fail
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
