package workload

import "time"

// Pod is one pod. Its times are when something happened or will, unless the pod is deleted before.
type Pod struct {
	Ordinal    int // counts the pods of all times
	Generation int // of its template
	Created    time.Time
	Running    time.Time // its container runs
	Ready      time.Time // it takes users, and answers scrapes
	Deleted    time.Time // zero unless it is being deleted

	Users       float64 // on it, served or not
	UserSeconds float64 // their integral over time
	CPUSeconds  float64 // that it used so far
}

// IsRunning says whether the pod's phase is Running.
func (p *Pod) IsRunning(now time.Time) bool { return !now.Before(p.Running) }

// IsReady says whether the pod takes new users.
func (p *Pod) IsReady(now time.Time) bool { return !now.Before(p.Ready) && !p.Deleting() }

// Deleting says whether the pod is on its way out.
func (p *Pod) Deleting() bool { return !p.Deleted.IsZero() }

// Answers says whether the pod answers a scrape: it did become ready, and while it drains it still does.
func (p *Pod) Answers(now time.Time) bool {
	return !now.Before(p.Ready) && (!p.Deleting() || !p.Ready.After(p.Deleted))
}

func (p *Pod) delete(now time.Time) { p.Deleted = now }

// served are the users within the pod's capacity.
func (c *Config) served(p *Pod) float64 { return min(p.Users, c.Capacity) }

// cpu is what a running pod uses now, in millicores.
func (c *Config) cpu(p *Pod) float64 { return c.IdleCPU + c.UserCPU*c.served(p) }

// CPU is what a pod uses now, in millicores.
func (w *Workload) CPU(p *Pod) float64 { return w.config.cpu(p) }

// GPU is how busy the GPU of a running pod is now, in percent.
func (w *Workload) GPU(p *Pod) float64 {
	return min(w.config.IdleGPU+w.config.UserGPU*w.config.served(p), 100)
}
