package examples

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// app is a running example.
type app struct {
	url string
}

// start runs an example on a free port of the loopback until the test ends.
func start(t *testing.T, dir string, command ...string) *app {
	t.Helper()
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "HOST=127.0.0.1", "PORT=0")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // the test's context is done by then, so it was killed
		_ = c.Wait()
		if t.Failed() {
			t.Logf("%v said: %s", command, stderr.Bytes()[max(0, stderr.Len()-2000):])
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "Listening on ")
	if !ok {
		t.Fatalf("%v in %s began with %q, %v, want where it listens", command, dir, line, err)
	}
	return &app{url: "http://" + address}
}

// hold begins requests that are not answered before the returned function lets go of them.
func (a *app) hold(t *testing.T, n int) (letGo func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var held sync.WaitGroup
	for range n {
		held.Go(func() {
			if answer, err := get(ctx, a.url+"/stream?duration_ms=600000"); ctx.Err() == nil {
				t.Errorf("answered %+v, %v, want no end", answer, err)
			}
		})
	}
	return func() { cancel(); held.Wait() }
}

// answer is a complete one.
type answer struct{ mediaType, body string }

func get(ctx context.Context, url string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	if response.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("get %s: %s", url, response.Status)
	}
	mediaType, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
	return answer{mediaType, string(body)}, nil
}
