package gpu

import (
	"errors"
	"fmt"
	"time"
)

// Mode says what kind of GPU the executor uses.
type Mode string

// The modes. Auto takes a CUDA device if it can and says so if it cannot.
const (
	Auto     Mode = "auto"
	CUDA     Mode = "cuda"
	Simulate Mode = "simulate"
)

// errNoCUDA is why this build can only simulate.
var errNoCUDA = errors.New("this build has no CUDA executor")

// Choice is the device that a mode led to.
type Choice struct {
	Device Device
	Mode   Mode   // CUDA or Simulate
	Reason string // why Auto fell back; empty otherwise
}

// Open returns the device for a mode. Mode CUDA without a usable device is an error; Auto simulates instead.
func Open(mode Mode) (Choice, error) {
	switch mode {
	case Simulate:
		return Choice{Device: Simulator{}, Mode: Simulate}, nil
	case Auto:
		return Choice{Device: Simulator{}, Mode: Simulate, Reason: errNoCUDA.Error()}, nil
	case CUDA:
		return Choice{}, fmt.Errorf("GPU mode %q: %w; use %q or %q", mode, errNoCUDA, Auto, Simulate)
	default:
		return Choice{}, fmt.Errorf("GPU mode: %q is not one of %q, %q, %q", mode, Auto, CUDA, Simulate)
	}
}

// Simulator is a device that sleeps. It counts the time that really passed, so that a late wake-up on a busy machine makes
// a slice longer but no job needs more GPU time than it asked for.
type Simulator struct{}

// Run implements Device.
func (Simulator) Run(d time.Duration) (time.Duration, error) {
	start := time.Now()
	time.Sleep(d)
	return time.Since(start), nil
}
