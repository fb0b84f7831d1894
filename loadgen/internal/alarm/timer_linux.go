package alarm

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// fdTimer is a timerfd: the kernel's high-resolution timer as a file, which Go's scheduler waits for like for any connection.
type fdTimer struct {
	fd     int
	file   *os.File
	unhook func() bool
	ticks  [8]byte
}

// newTimer returns Go's own timer if the kernel has none to spare.
func newTimer(ctx context.Context) timer {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return goTimer{ctx.Done()}
	}
	t := &fdTimer{fd: fd, file: os.NewFile(uintptr(fd), "timerfd")}
	if err := t.file.SetReadDeadline(time.Time{}); err != nil { // the scheduler could not wait for it, and nothing could end a read
		_ = t.file.Close()
		return goTimer{ctx.Done()}
	}
	t.unhook = context.AfterFunc(ctx, func() { _ = t.file.SetReadDeadline(time.Unix(1, 0)) }) // long past: all reads return
	return t
}

func (t *fdTimer) sleep(d time.Duration) {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(d.Nanoseconds())}
	if err := unix.TimerfdSettime(t.fd, 0, &spec, nil); err != nil {
		time.Sleep(min(d, time.Millisecond)) // the caller looks at the clock again
		return
	}
	_, _ = t.file.Read(t.ticks[:]) // it ends by the timer or by ctx, and the caller asks which
}

func (t *fdTimer) close() {
	t.unhook()
	_ = t.file.Close()
}
