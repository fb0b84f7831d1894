package main

import (
	"context"
	"fmt"
	"time"

	"userscale.dev/userscale/test/load"
	"userscale.dev/userscale/test/observe"
	"userscale.dev/userscale/test/summary"
)

// stopper ends a load.
type stopper interface {
	Stop() (load.Report, error)
}

// mark is where a phase began.
type mark struct {
	time   time.Time
	name   string
	expect string
}

// playedLoad is a load that has ended.
type playedLoad struct {
	spec   loadSpec
	report load.Report
}

// runningLoad is one that has not.
type runningLoad struct {
	spec loadSpec
	run  stopper
}

// stage plays phases: it starts and stops loads and waits for what is expected.
type stage struct {
	options  options
	target   string
	recorder *observe.Recorder
	timeline *timeline
	running  map[string]runningLoad
	marks    []mark
	loads    []playedLoad
}

// eventDelay is how much later than its effect a decision's event may be seen.
const eventDelay = 3 * time.Second

// aftermath is how long the recording goes on, so that the last change can be seen in the picture.
const aftermath = 10 * time.Second

// play runs the phases in turn. A failed expectation does not stop it: what follows is worth seeing too.
func (s *stage) play(ctx context.Context, phases []phase) ([]summary.Check, error) {
	defer s.stopAll()
	var checks []summary.Check
	for _, p := range phases {
		found, err := s.playOne(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("phase %s: %w", p.name, err)
		}
		summary.Print(s.timeline.out, found)
		for i := range found {
			found[i].Name = p.name + ": " + found[i].Name
		}
		checks = append(checks, found...)
	}
	return checks, sleep(ctx, aftermath)
}

func (s *stage) playOne(ctx context.Context, p phase) ([]summary.Check, error) {
	began := time.Now()
	s.marks = append(s.marks, mark{began, p.name, p.expect})
	s.timeline.phase(p)
	for _, l := range p.loads {
		args := append([]string{"--target", s.target, "--scenario", l.scenario}, l.args...)
		run, err := load.Start(ctx, s.options.loadgen, s.options.out, "load-"+l.name, args...)
		if err != nil {
			return nil, err
		}
		s.running[l.name] = runningLoad{l, run}
	}
	for _, name := range p.stops {
		if err := s.stop(name); err != nil {
			return nil, err
		}
	}
	if p.brief > 0 {
		if err := s.endAt(ctx, began.Add(p.brief), p.loads); err != nil {
			return nil, err
		}
	}
	for {
		elapsed := time.Since(began)
		if elapsed >= p.most || elapsed >= p.least && p.done != nil && p.done(s.since(began)) {
			break
		}
		if err := sleep(ctx, time.Second); err != nil {
			return nil, err
		}
	}
	if err := sleep(ctx, eventDelay); err != nil {
		return nil, err
	}
	v := s.since(began)
	if len(v.observations) == 0 {
		_, err := s.recorder.Observations()
		return nil, fmt.Errorf("nothing could be observed: %w", err)
	}
	return p.check(v), nil
}

// endAt stops loads at a moment.
func (s *stage) endAt(ctx context.Context, end time.Time, loads []loadSpec) error {
	if err := sleep(ctx, time.Until(end)); err != nil {
		return err
	}
	for _, l := range loads {
		if err := s.stop(l.name); err != nil {
			return err
		}
	}
	return nil
}

// since is the view from a moment on.
func (s *stage) since(began time.Time) view {
	return view{s.recorder.ObservationsSince(began), s.recorder.RescalesSince(began)}
}

func (s *stage) stop(name string) error {
	running, ok := s.running[name]
	if !ok {
		return fmt.Errorf("no load %q runs", name)
	}
	delete(s.running, name)
	report, err := running.run.Stop()
	if err != nil {
		return fmt.Errorf("stop load %s: %w", name, err)
	}
	s.loads = append(s.loads, playedLoad{running.spec, report})
	s.timeline.say("load %s ended: %d requests, errors %v", name, report.Requests, report.ErrorsByKind)
	return nil
}

func (s *stage) stopAll() {
	for name := range s.running {
		if err := s.stop(name); err != nil {
			s.timeline.say("%v", err)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
