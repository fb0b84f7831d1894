//go:build linux

package cuda

import "runtime"

// thread calls functions on one thread of the operating system, since the current context is a thread's.
type thread struct {
	calls chan func()
}

func newThread() thread {
	t := thread{calls: make(chan func())}
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		for call := range t.calls {
			call()
		}
	}()
	return t
}

// do calls f on the thread and returns what it returned.
func (t thread) do(f func() error) error {
	result := make(chan error, 1)
	t.calls <- func() { result <- f() }
	return <-result
}

// end lets the thread go. It takes no more calls.
func (t thread) end() {
	close(t.calls)
}
