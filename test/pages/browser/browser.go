// Package browser drives a headless Chromium that has no network at all: it runs in a network namespace without any interface, and is
// spoken to through a pipe. It knows the few commands that a look at a page takes; chromedp, which knows all, is two hundred thousand
// generated lines and speaks through a socket, which there is none of here.
package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// names are what the program is called, here and there.
var names = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}

// Find returns the path of a Chromium, or an error that says how to get one.
func Find() (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium here: on Debian, apt-get install chromium-headless-shell")
}

// Browser is a running Chromium.
type Browser struct {
	command *exec.Cmd
	pipe    io.WriteCloser
	gone    chan struct{} // closed when it has said its last word

	mu     sync.Mutex // guards what follows, and writing
	last   int64
	waits  map[int64]chan message
	events map[string][]message // by session
}

// message is one of the DevTools protocol: a call, its answer, or an event.
type message struct {
	ID      int64           `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// Start runs the Chromium at path, with its profile and log in dir.
func Start(path, dir string) (*Browser, error) {
	in, toBrowser, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe to the browser: %w", err)
	}
	fromBrowser, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe from the browser: %w", err)
	}
	log, err := os.Create(dir + "/chromium.log")
	if err != nil {
		return nil, fmt.Errorf("make the browser's log: %w", err)
	}
	defer func() { _ = errors.Join(in.Close(), out.Close(), log.Close()) }() // the browser has its own copies
	args := []string{"--headless", "--remote-debugging-pipe", "--user-data-dir=" + dir + "/profile", "--disable-gpu", "--hide-scrollbars", "--no-first-run"}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // it has none for root; it sees this project's own pages only
	}
	b := &Browser{command: exec.CommandContext(context.Background(), path, args...), pipe: toBrowser, gone: make(chan struct{}), waits: map[int64]chan message{}, events: map[string][]message{}}
	b.command.ExtraFiles = []*os.File{in, out} // descriptors 3 and 4
	b.command.Stdout, b.command.Stderr = log, log
	b.command.SysProcAttr = withoutNetwork()
	if err := b.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	go b.read(fromBrowser)
	return b, nil
}

// withoutNetwork puts a process into a new network namespace, which takes a user namespace where we are not root.
func withoutNetwork() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if id := os.Geteuid(); id != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: id, HostID: id, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getegid(), HostID: os.Getegid(), Size: 1}}
	}
	return attr
}

// Stop ends the browser.
func (b *Browser) Stop(ctx context.Context) error {
	if err := b.call(ctx, "", "Browser.close", nil, nil); err != nil {
		_ = b.command.Process.Kill()
	}
	_ = b.pipe.Close()
	return b.command.Wait()
}

// read takes what the browser says, each message up to a NUL, until it says no more.
func (b *Browser) read(from io.ReadCloser) {
	defer close(b.gone)
	defer func() { _ = from.Close() }()
	messages := newReader(from)
	for {
		text, err := messages.next()
		if err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(text, &m); err != nil {
			continue // not of the protocol; whoever waits for it will say so
		}
		b.take(m)
	}
}

func (b *Browser) take(m message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait, ok := b.waits[m.ID]; ok {
		delete(b.waits, m.ID)
		wait <- m // has room for one
		return
	}
	b.events[m.Session] = append(b.events[m.Session], m)
}

// call sends a command and waits for its answer, which result is read from unless it is nil.
func (b *Browser) call(ctx context.Context, session, method string, params, result any) error {
	wait, err := b.send(session, method, params)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m := <-wait:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-b.gone:
		return fmt.Errorf("%s: the browser is gone; see its log", method)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

func (b *Browser) send(session, method string, params any) (<-chan message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	text, err := json.Marshal(message{ID: b.last, Session: session, Method: method, Params: params})
	if err != nil {
		return nil, err
	}
	wait := make(chan message, 1)
	b.waits[b.last] = wait
	_, err = b.pipe.Write(append(text, 0))
	return wait, err
}
