package supervisor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"userscale.dev/userscale/localkube/control"
	"userscale.dev/userscale/localkube/plan"
)

// takes returns a step that takes a while.
func takes(name string, d time.Duration, after ...string) step {
	return step{name: name, after: after, run: func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

func fails(name string, err error, after ...string) step {
	return step{name: name, after: after, run: func(context.Context) error { return err }}
}

func names(steps []control.Step) string {
	var all []string
	for _, s := range steps {
		all = append(all, s.Name)
	}
	return strings.Join(all, " ")
}

func TestBootOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoot()
		began := time.Now()
		err := b.run(t.Context(), []step{
			takes("last", time.Second, "slow", "quick"), takes("slow", 3*time.Second), takes("quick", time.Second), takes("beside", 2*time.Second, "quick"),
		})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 4*time.Second {
			t.Errorf("took %s, want 4s: what can run at once does", took)
		}
		s := b.snapshot()
		if got := names(s.Steps); got != "quick slow beside last" && got != "quick beside slow last" || !s.Ready {
			t.Errorf("done %q, ready %t", got, s.Ready)
		}
		for _, step := range s.Steps {
			if step.Name == "last" && step.Seconds != 1 {
				t.Errorf("the last step took %v s, want 1 without the wait", step.Seconds)
			}
		}
	})
}

func TestBootShowsWhatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoot()
		go b.run(t.Context(), []step{takes("first", time.Second), takes("second", time.Minute, "first")})
		time.Sleep(3 * time.Second)
		s := b.snapshot()
		if len(s.Steps) != 2 || !s.Steps[0].Done || s.Steps[1] != (control.Step{Name: "second", Seconds: 2}) || s.Ready {
			t.Errorf("after 3 s: %+v", s)
		}
		time.Sleep(time.Minute)
	})
}

func TestBootFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoot()
		began := time.Now()
		err := b.run(t.Context(), []step{
			takes("long", time.Hour), takes("etcd", time.Second), fails("kube-apiserver", errors.New("no such flag"), "etcd"), takes("kubelet", 0, "kube-apiserver"),
		})
		if err == nil || err.Error() != "kube-apiserver: no such flag" {
			t.Errorf("got %v, want the first step's error", err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %s, want 1s: a failure ends the others", took)
		}
		if s := b.snapshot(); s.Ready || s.Failed != err.Error() {
			t.Errorf("%+v", s)
		}
	})
}

func TestBootTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("not ready within 1m0s")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, cause)
		defer cancel()
		err := newBoot().run(ctx, []step{{name: "node ready", run: func(ctx context.Context) error {
			return await(ctx, func(context.Context) error { return errors.New("no condition Ready yet") })
		}}})
		if !errors.Is(err, cause) {
			t.Errorf("got %v, want %v", err, cause)
		}
	})
}

func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		err := await(t.Context(), func(context.Context) error {
			if tries++; tries < 3 {
				return errors.New("not yet")
			}
			return nil
		})
		if err != nil || tries != 3 {
			t.Errorf("got %v after %d tries, want success at the third", err, tries)
		}
	})
}

// A step that waits for one which does not exist would wait for ever.
func TestStepsExist(t *testing.T) {
	s := New(plan.Options{Name: "test", HPASyncPeriod: time.Second}, plan.Layout{Dir: "/d"})
	var all []string
	for _, step := range s.steps() {
		if slices.Contains(all, step.name) {
			t.Errorf("step %s is there twice", step.name)
		}
		all = append(all, step.name)
	}
	for _, step := range s.steps() {
		for _, name := range step.after {
			if !slices.Contains(all, name) {
				t.Errorf("step %s waits for %q, which does not exist", step.name, name)
			}
		}
	}
}

func TestRunRefusesToBeOrdinary(t *testing.T) {
	s := New(plan.Options{Name: "test", HPASyncPeriod: time.Second}, plan.Layout{Dir: t.TempDir()})
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "first process") {
		t.Errorf("got %v, want that it must be the first process", err)
	}
}
