// Package simulate runs a policy against a trace in virtual time: upstream's own HPA controller, and the adapter's own store and
// provider, over pods and users that are a model.
package simulate

import (
	"time"

	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/workload"
)

// Config is one run.
type Config struct {
	Policy     *policy.Policy
	PolicyName string
	Trace      string    // its name
	Users      []float64 // of each second, on the mean where there is noise
	Seed       uint64    // of all that is drawn: the noise, lost scrapes, and the phases of whatever recurs
	Poisson    bool      // each second's users are drawn from a Poisson distribution
	Initial    int32     // pods at the beginning; 0: as many as the policy has for the first second's users

	Pods       workload.Config
	CPURequest float64 // of a pod, in millicores

	Scrapes    Scrapes
	Controller Controller

	RollingUpdate  time.Duration // when one begins; 0: none does
	AdapterRestart time.Duration // when the adapter is replaced by a new one; 0: never
	AdapterOutage  time.Duration // between the old one's end and the new one's beginning; 0: the old one answers until the new one can

	Progress func(done, all int) // called now and then with seconds of the trace; may be nil
}

// Scrapes is how values come to the adapter and to metrics-server.
type Scrapes struct {
	Loss float64 // share of the pods' scrapes that time out

	CPUResolution time.Duration // metrics-server's, which is also its window
	CPUDelay      time.Duration // from a kubelet's measurement until metrics-server serves it

	GPURefresh time.Duration // of dcgm-exporter
	Prometheus time.Duration // the scrape interval of a Prometheus
}

// Controller is the HPA controller's own settings.
type Controller struct {
	SyncPeriod              time.Duration
	DownscaleStabilization  time.Duration
	Tolerance               float64
	CPUInitializationPeriod time.Duration
	InitialReadinessDelay   time.Duration
}

// Defaults are the values that clusters have unless told otherwise, and a pod like the demo's.
func Defaults() Config {
	return Config{
		Pods: workload.Config{
			Start: time.Minute, Pending: 2 * time.Second, Drain: 30 * time.Second, Capacity: 12,
			UserCPU: 10, UserGPU: 7,
		},
		CPURequest: 200,
		Scrapes: Scrapes{
			CPUResolution: 15 * time.Second, CPUDelay: 5 * time.Second,
			GPURefresh: 30 * time.Second, Prometheus: 15 * time.Second,
		},
		Controller: Controller{
			SyncPeriod: 15 * time.Second, DownscaleStabilization: 5 * time.Minute, Tolerance: 0.1,
			CPUInitializationPeriod: 5 * time.Minute, InitialReadinessDelay: 30 * time.Second,
		},
	}
}
