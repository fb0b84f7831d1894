// Package process reads what this process uses: CPU time and memory. It asks the kernel about the process itself, not about
// its container, and so reads the same with any cgroup version or none.
package process

import (
	"fmt"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/prometheus/procfs"
)

// minWindow is the least time that a CPU usage is taken over: the kernel counts in ticks of 10 ms.
const minWindow = time.Second

// Usage is what the process uses.
type Usage struct {
	CPUSeconds    float64       // CPU time since the start, user and system
	CPUCores      float64       // cores in use on average over Window
	Window        time.Duration // zero as long as CPUCores is not known yet
	ResidentBytes uint64        // physical memory
}

// Meter reads the usage of this process. It is safe for concurrent use; NewMeter makes one.
type Meter struct {
	proc procfs.Proc

	mu     sync.Mutex // guards all below
	before reading    // at least minWindow older than latest, once two readings exist
	latest reading
}

type reading struct {
	at  time.Time
	cpu float64 // seconds
}

// NewMeter returns a meter, or an error where there is no /proc.
func NewMeter() (*Meter, error) {
	proc, err := procfs.Self()
	if err != nil {
		return nil, fmt.Errorf("finding this process in /proc: %w", err)
	}
	m := &Meter{proc: proc}
	stat, err := proc.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the usage of this process: %w", err)
	}
	m.latest = reading{time.Now(), stat.CPUTime()}
	m.before = m.latest
	return m, nil
}

// Usage reads the present usage. CPU usage is averaged since the reading before the last one that is at least a second old:
// whoever asks each second gets the last one to two seconds.
func (m *Meter) Usage() (Usage, error) {
	stat, err := m.proc.Stat()
	if err != nil {
		return Usage{}, fmt.Errorf("reading the usage of this process: %w", err)
	}
	u := Usage{CPUSeconds: stat.CPUTime(), ResidentBytes: uint64(stat.ResidentMemory())}
	u.CPUCores, u.Window = m.cores(reading{time.Now(), u.CPUSeconds})
	return u, nil
}

func (m *Meter) cores(now reading) (float64, time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.at.Sub(m.latest.at) >= minWindow {
		m.before, m.latest = m.latest, now
	}
	window := now.at.Sub(m.before.at)
	if window < minWindow {
		return 0, 0
	}
	return (now.cpu - m.before.cpu) / window.Seconds(), window
}

// Heap is the Go runtime's view of memory, in bytes.
type Heap struct {
	Live  uint64 // occupied by objects
	Total uint64 // all memory that the runtime has mapped
}

// ReadHeap reads the heap without stopping the program.
func ReadHeap() Heap {
	s := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/total:bytes"},
	}
	metrics.Read(s)
	return Heap{Live: s[0].Value.Uint64(), Total: s[1].Value.Uint64()}
}
