package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// workload is a running program.
type workload struct {
	command *exec.Cmd
	url     string        // empty if it ended instead of serving
	stderr  <-chan string // all of it, when it ended
}

// job is what the workload answers to one.
type job struct {
	GPUMS      float64 `json:"gpu_ms"`
	DurationMS float64 `json:"duration_ms"`
}

// metrics is what is needed of the workload's own.
type metrics struct {
	CPU struct {
		Seconds *float64 `json:"seconds_total"`
	} `json:"cpu"`
	GPU struct {
		Mode        string  `json:"mode"`
		Reason      string  `json:"mode_reason"`
		Utilization float64 `json:"utilization_percent"`
		Device      struct {
			Name string `json:"name"`
			UUID string `json:"uuid"`
			NVML struct {
				Utilization *float64 `json:"utilization_percent"`
				Memory      *uint64  `json:"memory_used_bytes"`
				Missing     string   `json:"missing"`
			} `json:"nvml"`
		} `json:"device"`
	} `json:"gpu"`
}

var serving = regexp.MustCompile(`msg=Serving address=(\S+)`)

// start runs the program until it serves or ends.
func start(ctx context.Context, program string, environment ...string) (*workload, error) {
	c := exec.CommandContext(ctx, program, "--listen=127.0.0.1:0", "--drain-settle=0s")
	c.Env = append(os.Environ(), environment...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 5 * time.Second
	pipe, err := c.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	address, stderr := make(chan string, 1), make(chan string, 1)
	go func() {
		defer close(address)
		var all strings.Builder
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			all.WriteString(lines.Text() + "\n")
			if m := serving.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
		stderr <- all.String()
	}()
	w := &workload{command: c, stderr: stderr}
	if a, ok := <-address; ok {
		w.url = "http://" + a
	}
	return w, nil
}

// stop ends the program if it serves, and returns what it wrote and what it ended with.
func (w *workload) stop() (stderr string, err error) {
	if w.url != "" {
		if err := w.command.Process.Signal(syscall.SIGTERM); err != nil {
			return "", fmt.Errorf("ending the workload: %w", err)
		}
	}
	stderr = <-w.stderr
	return stderr, w.command.Wait()
}

func (w *workload) job(ctx context.Context, work time.Duration) (job, error) {
	var j job
	err := w.get(ctx, fmt.Sprintf("/gpu_job?work_ms=%d", work.Milliseconds()), &j)
	return j, err
}

func (w *workload) metrics(ctx context.Context) (metrics, error) {
	var m metrics
	err := w.get(ctx, "/metrics", &m)
	return m, err
}

func (w *workload) get(ctx context.Context, path string, into any) error {
	if w.url == "" {
		return errors.New("the workload does not serve")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+path, http.NoBody)
	if err != nil {
		return fmt.Errorf("asking for %s: %w", path, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("asking for %s: %w", path, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", path, response.Status, strings.TrimSpace(string(body)))
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}
