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
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
)

// workload is a running one.
type workload struct {
	command *exec.Cmd
	proc    procfs.Proc
	address string // host:port
	log     string // the file that has its output
	done    chan error
}

// window is how long its known users stay active: short, so that they are gone soon after the clients.
const window = 2 * time.Second

// start runs the workload on a free port and returns when it serves. Its log is in the folder.
func start(ctx context.Context, program, folder string) (*workload, error) {
	log, err := os.Create(filepath.Join(folder, "workload.log"))
	if err != nil {
		return nil, fmt.Errorf("making the workload's log: %w", err)
	}
	command := exec.CommandContext(ctx, program, "--listen=127.0.0.1:0", "--gpu-mode=simulate", "--user-window="+window.String(),
		"--drain-settle=1s", "--grace-period=30s")
	command.Stdout = log
	output, err := command.StderrPipe()
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	if err := command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the workload: %w", err), log.Close())
	}
	w := &workload{command: command, log: log.Name(), done: make(chan error, 1)}
	address := make(chan string, 1)
	go func() {
		copyLog(log, output, address)
		w.done <- errors.Join(command.Wait(), log.Close())
	}()
	select {
	case w.address = <-address:
	case err := <-w.done:
		return nil, fmt.Errorf("the workload did not start, see %s: %w", w.log, err)
	}
	w.proc, err = procfs.NewProc(command.Process.Pid)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("finding the workload in /proc: %w", err), w.end(os.Kill))
	}
	return w, nil
}

var serving = regexp.MustCompile(`msg=Serving address=(\S+)`)

// copyLog keeps the output and takes the address from it.
func copyLog(log io.Writer, output io.Reader, address chan<- string) {
	for lines := bufio.NewReader(output); ; {
		line, err := lines.ReadString('\n')
		fmt.Fprint(log, line)
		if match := serving.FindStringSubmatch(line); match != nil {
			address <- match[1]
		}
		if err != nil {
			return
		}
	}
}

// end sends the signal and waits for the end of the process.
func (w *workload) end(signal os.Signal) error {
	if err := w.command.Process.Signal(signal); err != nil {
		return fmt.Errorf("sending %v to the workload: %w", signal, err)
	}
	select {
	case err := <-w.done:
		return err
	case <-time.After(time.Minute):
		return errors.Join(errors.New("the workload is still there a minute after "+signal.String()), w.command.Process.Kill())
	}
}

// dump ends the process, and has it write the stacks of all its goroutines to the log.
func (w *workload) dump() { _ = w.end(syscall.SIGQUIT) }

// reading is what the workload has and holds at a moment.
type reading struct {
	Goroutines       int
	ActiveUsers      int `json:"active_users"`
	RequestsInFlight int `json:"requests_in_flight"`
	Memory           struct {
		Heap     uint64 `json:"heap_bytes"`
		Resident uint64 `json:"resident_bytes"`
	}
	files int // open in the process, connections included
}

func (w *workload) read(ctx context.Context) (reading, error) {
	var r reading
	body, err := w.get(ctx, "/metrics")
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	if err != nil {
		return reading{}, fmt.Errorf("reading the workload's metrics: %w", err)
	}
	if r.files, err = w.proc.FileDescriptorsLen(); err != nil {
		return reading{}, fmt.Errorf("counting the workload's open files: %w", err)
	}
	return r, nil
}

// multiply has it compute a product.
func (w *workload) multiply(ctx context.Context) error {
	if _, err := w.get(ctx, "/matrix?size=300"); err != nil {
		return fmt.Errorf("multiplying: %w", err)
	}
	return nil
}

// get asks over a connection of its own.
func (w *workload) get(ctx context.Context, target string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.address+target, nil)
	if err != nil {
		return nil, err
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// peak is the most physical memory that the process had, in bytes.
func (w *workload) peak() (uint64, error) {
	status, err := w.proc.NewStatus()
	if err != nil {
		return 0, fmt.Errorf("reading the workload's memory: %w", err)
	}
	return status.VmHWM, nil
}
