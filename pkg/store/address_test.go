package store

import (
	"testing"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// scraped is a pod that is asked at an address.
func scraped(name, ip string, port int, started time.Time) sample.Pod {
	p := running(name)
	p.IP, p.Started = ip, started
	p.Targets = []sample.Target{{Metric: "users", Scheme: "http", Port: port, Path: "/metrics"}}
	return p
}

func (w *world) asked() map[string]bool {
	names := map[string]bool{}
	for _, p := range w.Targets("users", nil) {
		names[p.Name] = true
	}
	return names
}

// TestReusedIP has a pod whose end is not known yet while a new one has its IP already: what answers there is the new one.
func TestReusedIP(t *testing.T) {
	m := users()
	m.Scraped = true
	w := newWorld(t, m)
	old := scraped("old", "10.0.0.1", 8000, epoch())
	w.SetPod(old)
	w.play("tick 1s old=10\nread old=10")

	w.SetPod(scraped("new", "10.0.0.1", 8000, w.now))
	// Both were asked before the new one was known of, and the new one's 3 came twice.
	w.play("tick 1s old=3 new=3\nread new=2.354 old=7.847")
	if got := w.asked(); len(got) != 1 || !got["new"] {
		t.Errorf("asked %v, want the new pod alone", got)
	}
	d, _ := w.Describe(w.now, web)
	if got := d.Metrics[0].Pods[1]; got.State != sample.StateHeld || got.Reason != sample.ReasonReusedIP || got.Value != 10 {
		t.Errorf("the old pod is %+v, want its own value, held", got)
	}
	if drops := w.Drops(); drops[0].Reason != sample.ReasonReusedIP || drops[0].Count != 1 {
		t.Errorf("drops are %+v", drops)
	}
	w.DeletePod("new")
	if got := w.asked(); !got["old"] {
		t.Errorf("asked %v, want the old pod again: the new one is gone", got)
	}
}

func TestAddresses(t *testing.T) {
	later := epoch().Add(time.Minute)
	deleting := scraped("deleting", "10.0.0.3", 8000, epoch())
	deleting.Deleting = true
	pending := scraped("pending", "10.0.0.4", 8000, later)
	pending.Running = false
	w := newWorld(t, users())
	for _, p := range []sample.Pod{
		scraped("port-1", "10.0.0.2", 8000, epoch()), scraped("port-2", "10.0.0.2", 8001, epoch()), // on the host's network
		scraped("staying", "10.0.0.3", 8000, epoch()), deleting,
		scraped("running", "10.0.0.4", 8000, epoch()), pending,
		scraped("a-later", "10.0.0.5", 8000, later), scraped("b-earlier", "10.0.0.5", 8000, epoch()),
		scraped("twin-1", "10.0.0.6", 8000, epoch()), scraped("twin-2", "10.0.0.6", 8000, epoch()),
	} {
		w.SetPod(p)
	}
	got := w.asked()
	for name, want := range map[string]bool{
		"port-1": true, "port-2": true, "staying": true, "deleting": false, "running": true, "pending": false,
		"a-later": true, "b-earlier": false, "twin-1": false, "twin-2": true,
	} {
		if got[name] != want {
			t.Errorf("%s asked: %v, want %v", name, got[name], want)
		}
	}
}

// TestNotStarted has a StatefulSet's new pod before its start is known: Prometheus still has the old one's series under that name.
func TestNotStarted(t *testing.T) {
	w := newWorld(t, users())
	p := running("web-0")
	p.Started, p.Running = time.Time{}, false
	w.SetPod(p)
	w.play("tick 1s web-0=50")
	p.Started, p.Running = w.now, true
	w.SetPod(p)
	w.play("read none\ntotal 0 0 0 0")
}
