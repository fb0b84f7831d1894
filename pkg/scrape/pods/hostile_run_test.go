package pods

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// everywhere listens at all addresses of this machine, and so at each of 127.0.0.0/8.
func everywhere(t testing.TB) net.Listener {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux answers at every address of 127.0.0.0/8")
	}
	l, err := net.Listen("tcp4", ":0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// pods are n pods with IPs of their own, that answer where the listener does.
func pods(name, scheme string, n int, l net.Listener) fixed {
	var list fixed
	for range n {
		i := nextIP.Add(1)
		list = append(list, sample.Pod{
			UID: types.UID(fmt.Sprintf("%s/%d", name, i)), Namespace: "ns", Name: name, Running: true,
			IP:      fmt.Sprintf("127.%d.%d.%d", 2+i>>16, i>>8&255, i&255),
			Targets: []sample.Target{{Metric: "m", Scheme: scheme, Port: l.Addr().(*net.TCPAddr).Port, Path: "/metrics"}},
		})
	}
	return list
}

var nextIP atomic.Int32

// talk lets a pod speak on every connection, once a request has come.
func talk(t testing.TB, speak func(net.Conn)) net.Listener {
	t.Helper()
	l := everywhere(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				request := bufio.NewReader(c)
				for {
					if line, err := request.ReadString('\n'); err != nil || line == "\r\n" {
						break
					}
				}
				speak(c)
			}()
		}
	}()
	return l
}

// healthy are pods that answer with 5.
func healthy(t testing.TB, n int) fixed {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answers(w, "5") }))
	server.Listener.Close()
	server.Listener = everywhere(t)
	server.Start()
	t.Cleanup(server.Close)
	return pods("healthy", "http", n, server.Listener)
}

// checkBatch: the healthy pods have their values, measured during the collection, and the hostile ones their reason; those that fare
// well in spite of all have none.
func checkBatch(t *testing.T, b sample.Batch, since time.Time, fine int, want map[sample.Reason]int) {
	t.Helper()
	got := map[sample.Reason]int{}
	for _, f := range b.Failures {
		got[f.Reason]++
		if want[f.Reason] == 0 || len(f.Err.Error()) > 500 {
			t.Errorf("%s: %s: %v", f.Pod, f.Reason, f.Err)
		}
	}
	for reason, n := range want {
		if got[reason] != n {
			t.Errorf("%d pods have the reason %s, want %d", got[reason], reason, n)
		}
	}
	n := 0
	for _, s := range b.Samples {
		if strings.HasPrefix(string(s.Pod), "healthy") {
			n++
		}
		if s.Time.Before(since) {
			t.Errorf("%s: measured before the collection began", s.Pod)
		}
	}
	if n != 50 || len(b.Samples) != fine {
		t.Errorf("%d samples, %d of healthy pods; want %d, 50", len(b.Samples), n, fine)
	}
}

// TestHostile: whatever one pod does, the 50 beside it have their values, and it has its reason.
func TestHostile(t *testing.T) {
	var strayed atomic.Int32
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { strayed.Add(1) })
	for name, h := range hostiles(elsewhere.URL) {
		t.Run(name, func(t *testing.T) {
			all := slices.Concat(pods("hostile", "http", 1, talk(t, h.speak)), healthy(t, 50))
			collectBeside(t, all, h.reason)
		})
	}
	if n := strayed.Load(); n > 0 {
		t.Errorf("another host got %d requests", n)
	}
	t.Run("TLS", testHostileTLS)
}

// collectBeside collects from one hostile pod and 50 healthy ones.
func collectBeside(t *testing.T, all fixed, reason sample.Reason) {
	t.Helper()
	c := Config{Field: "active_users", Series: "active_users", Timeout: timeoutFor(reason, time.Second)}
	start := time.Now()
	b := newSource(t, c, all).Collect(quiet(t))
	fine, want := 51, map[sample.Reason]int{}
	if reason != "" {
		fine, want[reason] = 50, 1
	}
	checkBatch(t, b, start, fine, want)
}

// timeoutFor is the brief one where pods keep the adapter waiting, for nothing ends their collection before it, and otherwise one that
// even a busy machine keeps.
func timeoutFor(reason sample.Reason, brief time.Duration) time.Duration {
	if reason == sample.ReasonTimeout {
		return brief
	}
	return 30 * time.Second
}

func testHostileTLS(t *testing.T) {
	beside := healthy(t, 50)
	self := httptest.NewUnstartedServer(http.HandlerFunc(app))
	self.Listener.Close()
	self.Listener = everywhere(t)
	self.Config.ErrorLog = log.New(io.Discard, "", 0)
	self.StartTLS()
	t.Cleanup(self.Close)
	for name, h := range map[string]struct {
		reason sample.Reason
		at     net.Listener
	}{
		"unknown CA": {sample.ReasonConnection, self.Listener},
		"no TLS":     {sample.ReasonConnection, talkAtOnce(t, "HTTP/1.1 400 Bad Request\r\n\r\n")},
		"silence":    {sample.ReasonTimeout, talk(t, thenWaits(""))},
	} {
		t.Run(name, func(t *testing.T) {
			collectBeside(t, slices.Concat(pods("hostile", "https", 1, h.at), beside), h.reason)
		})
	}
}

// talkAtOnce sends before any request.
func talkAtOnce(t *testing.T, text string) net.Listener {
	t.Helper()
	l := everywhere(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			sends(text)(c)
			c.Close()
		}
	}()
	return l
}

// TestCrowdsOfHostile: hundreds of pods of one kind that keep the adapter waiting, or send all that they can, do not cost the healthy
// ones their values, nor the adapter its memory.
func TestCrowdsOfHostile(t *testing.T) {
	kinds := hostiles("")
	c := Config{Field: "active_users", Series: "active_users", Interval: 3 * time.Second}
	beside := healthy(t, 50)
	var everyone fixed
	for _, name := range []string{"no answer", "slow header", "slow body", "slow large body", "endless body", "header of megabytes"} {
		crowd := pods(name, "http", 300, talk(t, kinds[name].speak))
		everyone = append(everyone, crowd[:200]...)
		t.Run(name, func(t *testing.T) {
			c.Timeout = timeoutFor(kinds[name].reason, 2*time.Second)
			start := time.Now()
			var b sample.Batch
			peak := heapOf(func() { b = newSource(t, c, slices.Concat(crowd, beside)).Collect(quiet(t)) })
			checkHealthy(t, b, start)
			checkHeap(t, peak)
		})
	}
	t.Run("all of them", func(t *testing.T) {
		c.Timeout, c.Interval = 5*time.Second, 8*time.Second // on a busy machine too, the floods are over before
		s := newSource(t, c, slices.Concat(everyone, beside))
		peak := heapOf(func() { s.Collect(quiet(t)) }) // not all may be reached, for nothing is known of any yet
		start := time.Now()
		var b sample.Batch
		peak = max(peak, heapOf(func() { b = s.Collect(quiet(t)) }))
		checkHealthy(t, b, start)
		checkHeap(t, peak)
	})
}

func checkHealthy(t *testing.T, b sample.Batch, since time.Time) {
	t.Helper()
	if len(b.Samples) != 50 {
		t.Errorf("%d samples, want the 50 of healthy pods", len(b.Samples))
	}
	for _, s := range b.Samples {
		if !strings.HasPrefix(string(s.Pod), "healthy") || s.Time.Before(since) {
			t.Errorf("%s: a sample of %v, the collection began at %v", s.Pod, s.Time, since)
		}
	}
}

// checkHeap: each request has a small buffer, a head and its copies, and what its connection takes; the few large buffers are beyond
// that. Both ends of all connections are in the figure, for the pods are in this process too. It would be a GiB if each had the largest
// body.
func checkHeap(t *testing.T, peak uint64) {
	t.Helper()
	const most = inFlight * (128 << 10)
	t.Logf("heap and stacks grew by %.1f MiB, the bound is %d MiB", float64(peak)/(1<<20), most>>20)
	if peak > most {
		t.Errorf("heap and stacks grew by %d MiB, want at most %d", peak>>20, most>>20)
	}
}

// heapOf returns by how many bytes the heap, garbage included, and the stacks grow at most while f runs.
func heapOf(f func()) uint64 {
	memory := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64() + s[1].Value.Uint64()
	}
	runtime.GC()
	before, peak := memory(), uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		every := time.NewTicker(5 * time.Millisecond)
		defer every.Stop()
		for {
			peak = max(peak, memory())
			select {
			case <-done:
				return
			case <-every.C:
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return peak - min(peak, before)
}
