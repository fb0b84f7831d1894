package supervisor

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"time"

	"userscale.dev/userscale/localkube/control"
	"userscale.dev/userscale/localkube/plan"
)

// A component that ends is started again after a second, and one that keeps ending after longer and longer ones.
const (
	firstPause = time.Second
	maxPause   = 15 * time.Second
	stable     = time.Minute // one that ran this long starts over with the first pause
)

// process keeps one component running.
type process struct {
	component plan.Component
	log       string // path of its log
	reaper    *reaper
	prober    *prober

	mu       sync.Mutex // guards what follows
	pid      int        // 0 while it does not run
	restarts int
}

func newProcess(c plan.Component, log string, r *reaper, p *prober) *process {
	return &process{component: c, log: log, reaper: r, prober: p}
}

// boot starts the component and returns when it is ready. Until then it may end once (kube-apiserver does if etcd answers
// late), not more often.
func (p *process) boot(ctx context.Context) error {
	trouble := make(chan error, 1)
	go p.keepRunning(trouble)
	ready := make(chan error, 1)
	go func() { ready <- p.prober.await(ctx, p.component.Ready) }()
	select {
	case err := <-ready:
		return err
	case err := <-trouble:
		return err
	}
}

// keepRunning runs the component again and again. trouble gets an error when it has ended twice.
func (p *process) keepRunning(trouble chan<- error) {
	pause := firstPause
	for {
		began := time.Now()
		err := p.runOnce()
		if time.Since(began) > stable {
			pause = firstPause
		}
		slog.Warn("Component ended", "component", p.component.Name, "reason", err, "restartIn", pause)
		if p.restarted() == 2 {
			trouble <- fmt.Errorf("it keeps ending: %w; the end of %s:\n%s", err, p.log, tail(p.log))
		}
		time.Sleep(pause)
		pause = min(2*pause, maxPause)
	}
}

func (p *process) runOnce() error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	defer log.Close() //nolint:errcheck // the component writes it
	cmd := &exec.Cmd{
		Path: p.component.Path, Args: append([]string{p.component.Name}, p.component.Args...), Dir: "/",
		Env: environment(), Stdout: log, Stderr: log,
	}
	ended, err := p.reaper.start(cmd)
	if err != nil {
		return err
	}
	p.setPID(cmd.Process.Pid)
	slog.Info("Component started", "component", p.component.Name, "pid", cmd.Process.Pid)
	status := <-ended
	p.setPID(0)
	return fmt.Errorf("%s", describe(status))
}

func (p *process) setPID(pid int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pid = pid
}

func (p *process) restarted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.restarts++
	return p.restarts
}

// status asks the component whether it is ready.
func (p *process) status(ctx context.Context) control.Component {
	p.mu.Lock()
	s := control.Component{Name: p.component.Name, PID: p.pid, Restarts: p.restarts}
	p.mu.Unlock()
	if err := p.prober.probe(ctx, p.component.Ready); err != nil {
		s.Problem = err.Error()
	}
	return s
}

// environment is that of the cluster's programs, whatever that of the caller of `up` is.
func environment() []string {
	return []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TMPDIR=/tmp"}
}

// tail returns the last few lines of a file, as well as they can be read.
func tail(path string) string {
	const size = 2000
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-size):])
}
