package cluster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// setpriv, of util-linux, lets a command end with its caller.
const setpriv = "/usr/bin/setpriv"

// namespaces are those that a process inside a cluster is in, in the order in which they are entered.
var namespaces = [...]string{"ipc", "uts", "net", "pid", "mnt"}

// Exec runs a command inside the cluster, with its standard streams and signals, in the same directory, with KUBECONFIG set
// and the cluster's kubectl first on PATH. It returns the command's exit code, 128 + N if signal N ended it.
func (c Cluster) Exec(stdin io.Reader, stdout, stderr io.Writer, args ...string) (int, error) {
	pid, err := c.pid()
	if err != nil {
		return 0, fmt.Errorf("%w (is it running? `localkube --name %s up`)", err, c.Name)
	}
	directory, err := os.Getwd()
	if err != nil {
		return 0, fmt.Errorf("find the current directory: %w", err)
	}
	run := inside{pid: pid, directory: directory, environment: c.environment(), args: args, stdin: stdin, stdout: stdout, stderr: stderr}
	result := make(chan struct{})
	var code int
	go func() {
		defer close(result)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine, since it is no longer like the others
		code, err = run.run()
	}()
	<-result
	return code, err
}

func (c Cluster) environment() []string {
	environment := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "KUBECONFIG=") || strings.HasPrefix(v, "PATH=")
	})
	path := strings.Join([]string{c.Layout.Bin(), os.Getenv("PATH"), "/usr/sbin", "/sbin"}, ":")
	return append(environment, "KUBECONFIG="+c.Layout.Kubeconfig(), "PATH="+path)
}

// inside is a command to run in the namespaces of another process.
type inside struct {
	pid            int
	directory      string
	environment    []string
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// run moves the calling thread into the namespaces, so that the command starts there, and waits for its end.
func (i inside) run() (int, error) {
	if err := enter(i.pid); err != nil {
		return 0, err
	}
	// Go's own Pdeathsig does not work across PID namespaces: the child takes its invisible parent for a dead one. setpriv also
	// finds the command as the inside sees it, and becomes it.
	cmd := &exec.Cmd{
		Path: setpriv, Args: append([]string{"setpriv", "--pdeathsig", "KILL", "--"}, i.args...), Dir: i.directory, Env: i.environment,
		Stdin: i.stdin, Stdout: i.stdout, Stderr: i.stderr,
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("run %s inside: %w", i.args[0], err)
	}
	go func() {
		for s := range signals {
			forward(cmd.Process, s)
		}
	}()
	return exitCode(cmd.Wait())
}

// enter moves the calling thread into the namespaces of a process. Its children are in the PID namespace, not itself.
func enter(pid int) error {
	var handles []*os.File
	for _, name := range namespaces {
		handle, err := os.Open(fmt.Sprintf("/proc/%d/ns/%s", pid, name))
		if err != nil {
			return fmt.Errorf("open a namespace: %w", err)
		}
		defer handle.Close() //nolint:errcheck // nothing was written
		handles = append(handles, handle)
	}
	if err := unix.Unshare(unix.CLONE_FS); err != nil { // threads that share a directory can't change mount namespaces
		return fmt.Errorf("separate the thread's directory: %w", err)
	}
	for _, handle := range handles {
		if err := unix.Setns(int(handle.Fd()), 0); err != nil {
			return fmt.Errorf("enter %s: %w", handle.Name(), err)
		}
	}
	return nil
}

// forward passes a signal on, except for what a terminal has sent to the command already.
func forward(p *os.Process, s os.Signal) {
	if (s == syscall.SIGINT || s == syscall.SIGQUIT) && inForeground() {
		return
	}
	p.Signal(s) //nolint:errcheck // it may have ended by now
}

// inForeground reports whether the process group is its terminal's foreground one, which gets the terminal's signals.
func inForeground() bool {
	group, err := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
