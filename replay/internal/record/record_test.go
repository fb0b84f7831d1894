package record

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// scripted answers its values in turn; a negative one is an answer that takes for ever, a NaN or an absent one an error.
type scripted struct {
	answers []func(ctx context.Context) (float64, error)
	asked   []time.Duration
	began   time.Time
}

func (s *scripted) Now(ctx context.Context) (float64, error) {
	s.asked = append(s.asked, time.Since(s.began))
	next := s.answers[0]
	s.answers = s.answers[1:]
	return next(ctx)
}

func value(v float64) func(context.Context) (float64, error) {
	return func(context.Context) (float64, error) { return v, nil }
}

func fails(context.Context) (float64, error) { return 0, errors.New("the adapter is away") }

func hangs(ctx context.Context) (float64, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

func TestPoll(t *testing.T) {
	type answers []func(context.Context) (float64, error)
	for name, c := range map[string]struct {
		answers answers
		hold    time.Duration
		want    []float64
		held    int
		err     string
	}{
		"all there":            {answers{value(1), value(0), value(2.5)}, 0, []float64{1, 0, 2.5}, 0, ""},
		"one held":             {answers{value(1), fails, value(3)}, 5 * time.Second, []float64{1, 1, 3}, 1, ""},
		"late is missing":      {answers{value(1), hangs, value(3)}, 5 * time.Second, []float64{1, 1, 3}, 1, ""},
		"bad is missing":       {answers{value(1), value(-1), value(3)}, 5 * time.Second, []float64{1, 1, 3}, 1, ""},
		"held again later":     {answers{value(1), fails, value(2), fails, value(3)}, 5 * time.Second, []float64{1, 1, 2, 2, 3}, 2, ""},
		"none at the end":      {answers{value(1), value(2), fails}, 5 * time.Second, []float64{1, 2}, 0, ""},
		"no first":             {answers{fails}, time.Hour, nil, 0, "no first value: the adapter is away"},
		"held for too long":    {answers{value(1), value(2), fails, fails}, 5 * time.Second, []float64{1, 2}, 0, "no value 15s after the beginning, and the last one is held for 5s at most: the adapter is away"},
		"bad, and nothing old": {answers{value(2e9)}, 0, nil, 0, "no first value: value 2e+09: allowed: a number from 0 to 1e+09"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := &scripted{answers: c.answers, began: time.Now()}
				config := Config{Step: 5 * time.Second, Length: time.Duration(len(c.answers)) * 5 * time.Second, Hold: c.hold}
				got, err := Poll(t.Context(), config, source, func(int, float64) {})
				if c.err == "" && err != nil || c.err != "" && (err == nil || err.Error() != c.err) {
					t.Errorf("got the error %v, want %s", err, c.err)
				}
				if diff := cmp.Diff(c.want, append([]float64(nil), got.Trace.Values...)); diff != "" || got.Held != c.held || got.Trace.Step != 5*time.Second {
					t.Errorf("got %+v, %d held (-want +got):\n%s", got.Trace, got.Held, diff)
				}
				for i, at := range source.asked {
					if at != time.Duration(i)*5*time.Second {
						t.Errorf("asked at %v", source.asked)
					}
				}
			})
		})
	}
}

// When it is interrupted, while it waits or while it asks, what was recorded is there.
func TestPollInterrupted(t *testing.T) {
	for name, third := range map[string]func(context.Context) (float64, error){"between": value(3), "while asking": hangs} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
				defer cancel()
				source := &scripted{answers: []func(context.Context) (float64, error){value(1), value(2), third}, began: time.Now()}
				got, err := Poll(ctx, Config{Step: 5 * time.Second, Length: time.Hour}, source, func(int, float64) {})
				want := []float64{1, 2, 3}
				if name == "while asking" {
					want = want[:2]
				}
				if diff := cmp.Diff(want, got.Trace.Values); diff != "" || err != nil {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
				if at := time.Since(source.began); at != 12*time.Second {
					t.Errorf("ended after %v", at)
				}
			})
		})
	}
}

func TestValidate(t *testing.T) {
	good := Config{Step: time.Second, Length: time.Hour, Hold: 15 * time.Second}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for want, c := range map[string]Config{
		"step 500ms: allowed: whole seconds from 1s to 1h0m0s":                     {Step: 500 * time.Millisecond, Length: time.Hour},
		"step 1.5s: allowed: whole seconds from 1s to 1h0m0s":                      {Step: 1500 * time.Millisecond, Length: time.Hour},
		"duration 1s: allowed: from two steps, 2s, to 277h46m40s":                  {Step: time.Second, Length: time.Second},
		"duration 1001h0m0s: allowed: from two steps, 2m0s, to 1000h0m0s":          {Step: time.Minute, Length: 1001 * time.Hour},
		"hold -1s: allowed: from 0s to 1h0m0s":                                     {Step: time.Second, Length: time.Hour, Hold: -time.Second},
		"step 0s: allowed: whole seconds from 1s to 1h0m0s|hold 2h0m0s: allowed: ": {Length: time.Hour, Hold: 2 * time.Hour},
	} {
		err := c.Validate()
		for part := range strings.SplitSeq(want, "|") {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%+v: got %v, want %s", c, err, part)
			}
		}
	}
}
