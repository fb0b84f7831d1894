package server

import (
	"net/http"

	"github.com/munnerz/goautoneg"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics says what the workload is doing: as JSON, or in Prometheus' formats to a client that prefers them.
func (s *Server) metrics(registry *prometheus.Registry) http.Handler {
	registry.MustRegister(
		newCollector(s),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	text := promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
	types := []string{jsonType, "text/plain", "application/openmetrics-text", "application/vnd.google.protobuf"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Vary", "Accept")
		switch goautoneg.Negotiate(r.Header.Get("Accept"), types) {
		case jsonType, "": // the first, for all who do not care
			sendJSON(w, http.StatusOK, s.report())
		default:
			text.ServeHTTP(w, r)
		}
	})
}

// newDurations makes the histogram of request durations; code 499 is a client that left.
func newDurations() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "workload_request_duration_seconds",
		Help:    "How long requests took, by endpoint and status code; 499 is a client that left.",
		Buckets: prometheus.ExponentialBuckets(0.001, 2, 17), // to 65 s
	}, []string{"endpoint", "code"})
}

// collector takes its values from the server when it is asked, so that there is one count of everything.
type collector struct {
	server *Server

	activeUsers, userSeconds, knownUsers              *prometheus.Desc
	draining, inFlight, requestSeconds                *prometheus.Desc
	gpuInfo, gpuUtilization, gpuBusy, gpuLen, gpuRoom *prometheus.Desc
	gpuDevice, gpuNVMLUtilization, gpuNVMLMemory      *prometheus.Desc
}

func newCollector(s *Server) *collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &collector{
		server:         s,
		activeUsers:    desc("active_users", "Users who are known by a key and active, and requests in flight of anybody else."),
		userSeconds:    desc("active_user_seconds_total", "Time integral of active_users since the start."),
		knownUsers:     desc("workload_known_users", "Of the active users, those who are known by a key."),
		draining:       desc("workload_draining", "1 after a termination signal, 0 before."),
		inFlight:       desc("workload_requests_in_flight", "Requests in flight, by endpoint.", "endpoint"),
		requestSeconds: desc("workload_request_seconds_total", "Time integral of the requests in flight since the start."),
		gpuInfo:        desc("workload_gpu_info", "1, with the mode of the GPU executor as a label, and why it is not the one asked for.", "mode", "reason"),
		gpuUtilization: desc("workload_gpu_utilization_ratio", "Share of the last second in which the GPU was busy."),
		gpuBusy:        desc("workload_gpu_busy_seconds_total", "GPU time of all finished slices since the start."),
		gpuLen:         desc("workload_gpu_queue_length", "GPU jobs admitted and unfinished, the running one included."),
		gpuRoom:        desc("workload_gpu_queue_capacity", "GPU jobs admitted at most."),
		gpuDevice:      desc("workload_gpu_device_info", "1, with the GPU as labels; absent where it is simulated.", "name", "uuid"),
		gpuNVMLUtilization: desc("workload_gpu_nvml_utilization_ratio",
			"Share of NVML's last sample period, a second or less, in which the GPU ran a kernel of any process."),
		gpuNVMLMemory: desc("workload_gpu_nvml_memory_used_bytes", "Device memory in use by any process and by the driver."),
	}
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(descs chan<- *prometheus.Desc) {
	prometheus.DescribeByCollect(c, descs)
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(metrics chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, t prometheus.ValueType, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(d, t, value, labels...)
	}
	s := c.server
	known, unknown, userSeconds := s.users.Split()
	send(c.activeUsers, prometheus.GaugeValue, float64(known+unknown))
	send(c.userSeconds, prometheus.CounterValue, userSeconds)
	send(c.knownUsers, prometheus.GaugeValue, float64(known))
	_, requestSeconds := s.requests.Read()
	send(c.requestSeconds, prometheus.CounterValue, requestSeconds)
	send(c.draining, prometheus.GaugeValue, map[bool]float64{true: 1}[s.draining.Load()])
	for _, e := range s.endpoints {
		send(c.inFlight, prometheus.GaugeValue, float64(e.report().InFlight), e.path)
	}
	stats := s.gpu.Stats()
	send(c.gpuInfo, prometheus.GaugeValue, 1, string(s.config.GPU.Mode), s.config.GPU.Reason)
	send(c.gpuUtilization, prometheus.GaugeValue, stats.Utilization)
	send(c.gpuBusy, prometheus.CounterValue, stats.Busy.Seconds())
	send(c.gpuLen, prometheus.GaugeValue, float64(stats.Queued))
	send(c.gpuRoom, prometheus.GaugeValue, float64(stats.Capacity))
	if h := s.config.GPU.Hardware; h != nil {
		send(c.gpuDevice, prometheus.GaugeValue, 1, h.Name, h.UUID)
		now := h.Read()
		if now.Utilization != nil {
			send(c.gpuNVMLUtilization, prometheus.GaugeValue, *now.Utilization)
		}
		if now.MemoryUsed != nil {
			send(c.gpuNVMLMemory, prometheus.GaugeValue, float64(*now.MemoryUsed))
		}
	}
}
