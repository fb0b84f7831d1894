// Package supervisor is the first process of a cluster's namespaces: it prepares them, starts the cluster's programs in order,
// keeps them running, and tells how they are. When it ends, the kernel ends everything in its PID namespace.
package supervisor

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"userscale.dev/userscale/localkube/image"
	"userscale.dev/userscale/localkube/node"
	"userscale.dev/userscale/localkube/pki"
	"userscale.dev/userscale/localkube/plan"
)

// bootTimeout ends a boot that gets nowhere.
const bootTimeout = 3 * time.Minute

// lingering is how long the reason of a failed boot can still be asked for.
const lingering = 2 * time.Second

// Supervisor runs one cluster.
type Supervisor struct {
	options   plan.Options
	layout    plan.Layout
	began     time.Time
	reaper    *reaper
	boot      *boot
	processes []*process
}

// New returns the supervisor of a cluster whose directory exists.
func New(o plan.Options, l plan.Layout) *Supervisor {
	s := &Supervisor{options: o, layout: l, began: time.Now(), reaper: newReaper(), boot: newBoot()}
	for _, c := range plan.Components(o, l) {
		s.processes = append(s.processes, newProcess(c, l.Log(c.Name), s.reaper, &prober{layout: l}))
	}
	return s
}

// Run starts the cluster and returns when the context ends or the start fails. The calling process must be the first one in
// its own PID, mount, network and UTS namespaces.
func (s *Supervisor) Run(ctx context.Context) error {
	if os.Getpid() != 1 {
		return fmt.Errorf("the supervisor must be the first process of its namespaces, not process %d; `localkube up` starts it", os.Getpid())
	}
	go s.reaper.loop()
	if err := s.serve(ctx); err != nil {
		return err
	}
	bootCtx, cancel := context.WithTimeoutCause(ctx, bootTimeout, fmt.Errorf("not ready within %s", bootTimeout))
	defer cancel()
	if err := s.boot.run(bootCtx, s.steps()); err != nil {
		time.Sleep(lingering)
		return fmt.Errorf("start the cluster: %w", err)
	}
	slog.Info("Cluster ready", "took", time.Since(s.began))
	<-ctx.Done()
	return nil
}

func (s *Supervisor) steps() []step {
	steps := []step{
		{name: "certificates", run: s.certificates},
		{name: "files", after: []string{"certificates"}, run: s.files},
		{name: "network", after: []string{"files"}, run: s.namespaces},
		{name: "pause image", after: []string{"containerd"}, run: s.pauseImage},
		{name: "objects", after: []string{"kube-apiserver"}, run: s.objects},
		{name: "node ready", after: []string{"kubelet", "kube-controller-manager"}, run: s.clusterCheck((*cluster).nodeReady)},
		{name: "metrics available", after: []string{"metrics-server"}, run: s.clusterCheck((*cluster).metricsAvailable)},
		{name: "DNS answers", after: []string{"coredns", "kube-proxy"}, run: func(ctx context.Context) error { return await(ctx, dnsAnswers) }},
	}
	for _, p := range s.processes {
		steps = append(steps, step{name: p.component.Name, after: p.component.After, run: p.boot})
	}
	return steps
}

func (s *Supervisor) certificates(context.Context) error {
	return pki.Write(s.layout.File("pki"), plan.Certificates(s.options.Name))
}

// files writes what the components read.
func (s *Supervisor) files(context.Context) error {
	files, err := plan.Files(s.options, s.layout)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.layout.File("config"), 0o755); err != nil {
		return fmt.Errorf("make the directory of the configuration: %w", err)
	}
	for name, text := range files {
		if err := os.WriteFile(s.layout.File("config", name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("write a configuration file: %w", err)
		}
	}
	return nil
}

func (s *Supervisor) namespaces(context.Context) error {
	if err := node.Mount(s.layout); err != nil {
		return err
	}
	if err := node.Network(); err != nil {
		return err
	}
	return node.CgroupsOf(s.options.Name).Make()
}

// pauseImage gives containerd the image that every pod needs.
func (s *Supervisor) pauseImage(context.Context) error {
	pause, err := image.Pause()
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	if err := pause.Archive(&archive); err != nil {
		return err
	}
	path := s.layout.File("config", "pause.tar")
	if err := os.WriteFile(path, archive.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the pause image: %w", err)
	}
	log, err := os.Create(s.layout.Log("pause-image"))
	if err != nil {
		return fmt.Errorf("make a log: %w", err)
	}
	defer log.Close() //nolint:errcheck // ctr writes it
	return s.reaper.run(&exec.Cmd{
		Path: "/usr/bin/ctr", Args: []string{"ctr", "--namespace", "k8s.io", "images", "import", path},
		Env: environment(), Stdout: log, Stderr: log,
	})
}

// objects creates what a cluster starts with.
func (s *Supervisor) objects(ctx context.Context) error {
	authority, err := os.ReadFile(s.layout.PKI("ca.crt"))
	if err != nil {
		return fmt.Errorf("read the cluster's authority: %w", err)
	}
	documents, err := plan.Objects(s.options, s.layout, authority)
	if err != nil {
		return err
	}
	c, err := connect(s.layout, s.options.Name)
	if err != nil {
		return err
	}
	return await(ctx, func(ctx context.Context) error { return c.apply(ctx, documents) })
}

// clusterCheck returns a step that waits until the check holds.
func (s *Supervisor) clusterCheck(check func(*cluster, context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		c, err := connect(s.layout, s.options.Name)
		if err != nil {
			return err
		}
		return await(ctx, func(ctx context.Context) error { return check(c, ctx) })
	}
}
