package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is the server's.
type process struct {
	command *exec.Cmd
	stdin   io.Closer
	url     string
}

// startServer starts this very program as a server. It ends when this program does, whatever happens.
func startServer(ctx context.Context) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the server's binary: %w", err)
	}
	command := exec.CommandContext(ctx, self, "serve")
	command.Stderr = os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for the parent, which still has questions
	stdin, err := command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the server did not tell its address: %w", err)
	}
	return &process{command: command, stdin: stdin, url: strings.TrimSpace(line)}, nil
}

func (p *process) stop() {
	_ = p.stdin.Close()
	_ = p.command.Wait() // it was told to end, and has nothing more to say
}

// report returns what the server did since the last report.
func (p *process) report(ctx context.Context) (page, error) {
	var seen page
	body, err := p.get(ctx, "/control/report")
	if err != nil {
		return page{}, err
	}
	if err := json.Unmarshal(body, &seen); err != nil {
		return page{}, fmt.Errorf("decode the server's report: %w", err)
	}
	return seen, nil
}

func (p *process) get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
	if err != nil {
		return nil, fmt.Errorf("ask the server for %s: %w", path, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the server for %s: %w", path, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("ask the server for %s: %w", path, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask the server for %s: %s: %s", path, resp.Status, body)
	}
	return body, nil
}

// cpu is how much CPU time the server has used so far, by Linux' count of clock ticks.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read the server's CPU time: %w", err)
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name before may hold anything
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, fmt.Errorf("read the server's CPU time: %q has too few fields", text)
	}
	ticks := 0.0
	for _, field := range fields[11:13] { // utime and stime
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0, fmt.Errorf("read the server's CPU time: %w", err)
		}
		ticks += n
	}
	const perSecond = 100 // USER_HZ, which is fixed on Linux
	return time.Duration(ticks / perSecond * float64(time.Second)), nil
}
