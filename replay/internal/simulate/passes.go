package simulate

import (
	"context"
	"math"
	"slices"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/scale"
)

// pass is a pass of the controller, and which recorded one it repeats.
type pass struct {
	at       time.Duration // since the beginning
	recorded int           // of the recorded passes; -1 where none was seen
}

// schedule returns when passes are to be, given when the recorded ones began. A pass that changed nothing was not recorded: where there is
// room for some between two recorded ones they are spread evenly, and before the first and after the last one they are a period apart.
// Each is at a whole millisecond of its own.
func schedule(began []time.Duration, period, end time.Duration) []pass {
	if len(began) == 0 {
		return nil
	}
	began = apart(began, period)
	var passes []pass
	add := func(p pass) {
		if n := len(passes); n > 0 && p.at <= passes[n-1].at {
			passes = passes[:n-1] // two writes at once: the later one has what both changed
		}
		passes = append(passes, p)
	}
	for at := began[0] % period; at < began[0]; at += period {
		add(pass{at, -1})
	}
	for i := range began {
		add(pass{began[i], i})
		if i+1 == len(began) {
			break
		}
		gap := began[i+1] - began[i]
		between := math.Round(float64(gap) / float64(period))
		for n := 1.0; n < between; n++ {
			add(pass{(began[i] + time.Duration(float64(gap)*n/between)).Round(time.Millisecond), -1})
		}
	}
	for at := passes[len(passes)-1].at + period; at < end; at += period {
		add(pass{at, -1})
	}
	return passes
}

// apart has passes begin a little earlier that seem to be followed too soon: the next one begins a period after the end of one, at the
// earliest. Less than that would count as the same period of an HPA's policies.
func apart(began []time.Duration, period time.Duration) []time.Duration {
	began = slices.Clone(began)
	for i := len(began) - 2; i >= 0; i-- {
		if gap := began[i+1] - began[i]; gap < period && gap > period-longestDelay {
			began[i] = max(began[i+1]-period, 0)
		}
	}
	return began
}

// resync is the period of a controller that waits at a gate. The gate says when a pass begins, and is never to wait for it.
const resync = time.Millisecond

// gate is a scale client that has the controller's passes begin at given moments: the first thing that a pass does is to read the scale.
type gate struct {
	scale.ScalesGetter

	moments []time.Time // to come; only the controller's one worker asks
}

// Scales implements scale.ScalesGetter.
func (g *gate) Scales(namespace string) scale.ScaleInterface {
	return gated{g.ScalesGetter.Scales(namespace), g}
}

type gated struct {
	scale.ScaleInterface

	gate *gate
}

// Get implements scale.ScaleInterface.
func (g gated) Get(ctx context.Context, resource schema.GroupResource, name string, o metav1.GetOptions) (*autoscalingv1.Scale, error) {
	if err := g.gate.wait(ctx); err != nil {
		return nil, err
	}
	return g.ScaleInterface.Get(ctx, resource, name, o)
}

// wait returns at the next moment; after the last one it waits for the end.
func (g *gate) wait(ctx context.Context) error {
	if len(g.moments) == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	next := time.NewTimer(time.Until(g.moments[0]))
	defer next.Stop()
	g.moments = g.moments[1:]
	select {
	case <-next.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
