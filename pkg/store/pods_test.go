package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"userscale.dev/userscale/pkg/sample"
)

func TestTargets(t *testing.T) {
	targets := []sample.Target{
		{Metric: "other", Scheme: "http", Port: 1, Path: "/"}, {Metric: "users", Scheme: "http", Port: 8000, Path: "/metrics"},
	}
	w := newWorld(t, users())
	for name, change := range map[string]func(*sample.Pod){
		"yes":     func(*sample.Pod) {},
		"leaving": func(p *sample.Pod) { p.Deleting = true },
		"no-ip":   func(p *sample.Pod) { p.IP = "" },
		"ended":   func(p *sample.Pod) { p.Running = false },
		"out":     func(p *sample.Pod) { p.Targets = targets[:1] },
		"bad":     func(p *sample.Pod) { p.Targets = []sample.Target{{Metric: "users", Problem: "no port"}} },
	} {
		p := running(name)
		p.IP, p.Targets = "10.0.0."+name, targets
		change(&p)
		w.SetPod(p)
	}
	got := w.Targets("users", make([]sample.Pod, 0, 8))
	names := make([]string, len(got))
	for i, p := range got {
		names[i] = p.Name
	}
	if diff := cmp.Diff([]string{"leaving", "yes"}, names, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
		t.Error(diff)
	}
	if again := w.Targets("users", got[:0]); &again[0] != &got[0] {
		t.Error("the buffer is not used again")
	}
	for _, metric := range []string{"users_raw", "other"} {
		if got := w.Targets(metric, nil); len(got) > 0 {
			t.Errorf("%s: asks %v, want nobody: it is no metric's name", metric, got)
		}
	}
}

// TestReusedName has two pods of one name, as a StatefulSet makes them: their values never mix.
func TestReusedName(t *testing.T) {
	w := newWorld(t, users())
	old, young := running("web-0"), running("web-0")
	old.UID, young.UID = "old", "young"
	w.SetPod(old)
	w.play("tick 1s old=10")
	old.Deleting = true
	w.SetPod(old)
	w.SetPod(young)
	if got, ok := w.PodByName(web.Namespace, "web-0"); !ok || got.UID != "young" {
		t.Errorf("the newest is %v", got.UID)
	}
	w.play("read none\ntotal 10 10 0 1\ntick 1ns old=10 young=4\nread web-0=10\ntotal 14 10 1 1")
	w.SetPod(old) // an update of the old one does not make it the newest
	if got, err := w.Pod(w.now, "users_raw", web.Namespace, "web-0"); err != nil || got.Milli != 4000 {
		t.Errorf("got %+v, %v", got, err)
	}
	w.DeletePod("old")
	w.play("total 4 10 1 0")
	w.DeletePod("young")
	w.DeletePod("young")
	if got, ok := w.PodByName(web.Namespace, "web-0"); ok {
		t.Errorf("%v is still there", got.UID)
	}
	w.play("total 0 10 0 0")
}

func TestSetPodUpdates(t *testing.T) {
	w := newWorld(t, users())
	w.play("run a")
	p := running("a")
	p.IP, p.Ready = "10.0.0.2", true
	w.SetPod(p)
	got, _ := w.PodByName(web.Namespace, "a")
	if diff := cmp.Diff(p, got); diff != "" {
		t.Error(diff)
	}
	if _, ok := w.PodByName("elsewhere", "a"); ok {
		t.Error("found in another namespace")
	}
}
