package gpu

import "fmt"

// Mode says what kind of GPU the executor uses.
type Mode string

// The modes. Auto takes a CUDA device if it can and says so if it cannot.
const (
	Auto     Mode = "auto"
	CUDA     Mode = "cuda"
	Simulate Mode = "simulate"
)

// Choice is the device that a mode led to.
type Choice struct {
	Device   Device
	Mode     Mode      // CUDA or Simulate
	Reason   string    // why Auto fell back; empty otherwise
	Hardware *Hardware // nil where the device is simulated
}

// Hardware is a real GPU and what its driver says of it.
type Hardware struct {
	Name  string         // the model's
	UUID  string         // GPU-…, or MIG-… for an instance of one
	Read  func() Reading // asks the driver; safe for concurrent use
	close func() error
}

// Reading is what the driver says of a GPU, whoever uses it. What it does not say is nil.
type Reading struct {
	Utilization *float64 // share of the last sample period, 1/6 s to 1 s, in which a kernel ran; 0 to 1
	MemoryUsed  *uint64  // bytes, what the driver keeps for itself included
	Missing     string   // why something is nil; empty if nothing is
}

// Open returns the device for a mode. Mode CUDA without a usable device is an error; Auto simulates instead.
func Open(mode Mode) (Choice, error) {
	switch mode {
	case Simulate:
		return Choice{Device: &Simulator{}, Mode: Simulate}, nil
	case Auto:
		return openAny(), nil
	case CUDA:
		choice, err := openCUDA()
		if err != nil {
			return Choice{}, fmt.Errorf("GPU mode %q: %w", mode, err)
		}
		return choice, nil
	default:
		return Choice{}, fmt.Errorf("GPU mode: %q is not one of %q, %q, %q", mode, Auto, CUDA, Simulate)
	}
}

// openAny takes a CUDA device, or simulates one.
func openAny() Choice {
	choice, err := openCUDA()
	if err != nil {
		return Choice{Device: &Simulator{}, Mode: Simulate, Reason: err.Error()}
	}
	return choice
}

// Close gives the device back, after the executor has stopped.
func (c Choice) Close() error {
	if c.Hardware == nil {
		return nil
	}
	return c.Hardware.close()
}
