package server

import (
	"math"
	"runtime"
	"time"

	"userscale.dev/userscale/cmd/workload/internal/gpu"
	"userscale.dev/userscale/cmd/workload/internal/latency"
	"userscale.dev/userscale/cmd/workload/internal/process"
)

// report is what /metrics says in JSON. What is not known is missing or null, never zero.
type report struct {
	ActiveUsers       int                       `json:"active_users"`
	ActiveUserSeconds float64                   `json:"active_user_seconds_total"`
	Users             usersReport               `json:"users"`
	RequestsInFlight  int                       `json:"requests_in_flight"` // at the work endpoints
	RequestSeconds    float64                   `json:"request_seconds_total"`
	Draining          bool                      `json:"draining"`
	UptimeSeconds     float64                   `json:"uptime_seconds"`
	Endpoints         map[string]endpointReport `json:"endpoints"`
	CPU               cpuReport                 `json:"cpu"`
	Memory            memoryReport              `json:"memory"`
	Goroutines        int                       `json:"goroutines"`
	GPU               gpuReport                 `json:"gpu"`
}

// usersReport splits active_users, which is the sum of both.
type usersReport struct {
	Known         int     `json:"known"`   // by a key, with a request in flight or within the window
	Unknown       int     `json:"unknown"` // requests in flight without a key
	WindowSeconds float64 `json:"window_seconds"`
}

type endpointReport struct {
	Count     uint64           `json:"count"` // finished
	InFlight  int              `json:"in_flight"`
	Errors    uint64           `json:"errors"`     // answered with 4xx or 5xx
	Canceled  uint64           `json:"canceled"`   // left by their client
	LatencyMS *latency.Summary `json:"latency_ms"` // of the last minute's answers with 200; null if there are none
}

type cpuReport struct {
	SecondsTotal       *float64 `json:"seconds_total,omitempty"`
	UsageCores         *float64 `json:"usage_cores,omitempty"` // 1 is one core
	UsageWindowSeconds *float64 `json:"usage_window_seconds,omitempty"`
	MaxCores           int      `json:"max_cores"` // GOMAXPROCS, which follows the container's limit
}

type memoryReport struct {
	ResidentBytes *uint64 `json:"resident_bytes,omitempty"`
	HeapBytes     uint64  `json:"heap_bytes"`    // live objects
	RuntimeBytes  uint64  `json:"runtime_bytes"` // all that the Go runtime has mapped
}

type gpuReport struct {
	Mode               gpu.Mode `json:"mode"`
	ModeReason         string   `json:"mode_reason,omitempty"` // why it is not the one asked for
	UtilizationPercent float64  `json:"utilization_percent"`   // of the last second
	BusySeconds        float64  `json:"busy_seconds_total"`
	QueueLength        int      `json:"queue_length"` // jobs admitted and unfinished, the running one included
	QueueCapacity      int      `json:"queue_capacity"`

	Device *deviceReport `json:"device,omitempty"` // missing where the GPU is simulated
}

type deviceReport struct {
	Name string     `json:"name"`
	UUID string     `json:"uuid"`
	NVML nvmlReport `json:"nvml"`
}

// nvmlReport is of the whole GPU, whoever uses it.
type nvmlReport struct {
	UtilizationPercent *float64 `json:"utilization_percent,omitempty"` // of its last sample period, a second or less
	MemoryUsedBytes    *uint64  `json:"memory_used_bytes,omitempty"`
	Missing            string   `json:"missing,omitempty"` // why something is
}

func (s *Server) report() report {
	known, unknown, userSeconds := s.users.Split()
	requests, requestSeconds := s.requests.Read()
	cpu, memory := s.usage()
	r := report{
		ActiveUsers:       known + unknown,
		ActiveUserSeconds: userSeconds,
		Users:             usersReport{known, unknown, s.config.UserWindow.Seconds()},
		RequestsInFlight:  requests,
		RequestSeconds:    requestSeconds,
		Draining:          s.draining.Load(),
		UptimeSeconds:     round(time.Since(s.started).Seconds()),
		Endpoints:         make(map[string]endpointReport, len(s.endpoints)),
		CPU:               cpu,
		Memory:            memory,
		Goroutines:        runtime.NumGoroutine(),
		GPU:               s.gpuReport(),
	}
	for _, e := range s.endpoints {
		r.Endpoints[e.path] = e.report()
	}
	return r
}

func (s *Server) gpuReport() gpuReport {
	stats := s.gpu.Stats()
	return gpuReport{
		Device:             newDeviceReport(s.config.GPU.Hardware),
		Mode:               s.config.GPU.Mode,
		ModeReason:         s.config.GPU.Reason,
		UtilizationPercent: round(100 * stats.Utilization),
		BusySeconds:        round(stats.Busy.Seconds()),
		QueueLength:        stats.Queued,
		QueueCapacity:      stats.Capacity,
	}
}

func newDeviceReport(h *gpu.Hardware) *deviceReport {
	if h == nil {
		return nil
	}
	now := h.Read()
	r := &deviceReport{Name: h.Name, UUID: h.UUID, NVML: nvmlReport{MemoryUsedBytes: now.MemoryUsed, Missing: now.Missing}}
	if now.Utilization != nil {
		r.NVML.UtilizationPercent = new(round(100 * *now.Utilization))
	}
	return r
}

func (s *Server) usage() (cpuReport, memoryReport) {
	heap := process.ReadHeap()
	cpu := cpuReport{MaxCores: runtime.GOMAXPROCS(0)}
	memory := memoryReport{HeapBytes: heap.Live, RuntimeBytes: heap.Total}
	if s.process == nil {
		return cpu, memory
	}
	u, err := s.process.Usage()
	if err != nil {
		return cpu, memory
	}
	cpu.SecondsTotal, memory.ResidentBytes = &u.CPUSeconds, &u.ResidentBytes
	if u.Window > 0 {
		cpu.UsageCores, cpu.UsageWindowSeconds = new(round(u.CPUCores)), new(round(u.Window.Seconds()))
	}
	return cpu, memory
}

// round drops what is below a thousandth: nobody reads it and it costs to print.
func round(v float64) float64 {
	return math.Round(v*1000) / 1000
}
