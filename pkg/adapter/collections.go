package adapter

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/klog/v2"

	"userscale.dev/userscale/pkg/adapter/meaning"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/discover"
	"userscale.dev/userscale/pkg/store"
)

// ruler lets pods become targets by new rules.
type ruler interface {
	SetRules(rules discover.Rules)
}

// collections are the loops that run, one per metric, and what a configuration changes. Its methods must not be called concurrently.
type collections struct {
	store     *store.Store
	discovery ruler
	synced    <-chan struct{} // no loop begins before
	source    func(*config.AdapterConfiguration, *config.Metric) (source, error)
	metrics   *metrics
	ready     *readiness

	running map[string]*collection // by metric
	loops   sync.WaitGroup
}

// collection is a loop that runs.
type collection struct {
	origin origin
	end    context.CancelFunc
	ended  chan struct{}
}

// change is what a configuration is about to change.
type change struct {
	metrics []store.Metric
	rules   discover.Rules
	begins  []*loop
	origins map[string]origin // of all metrics
}

// apply puts a configuration in force. Loops whose sources stay as they are go on as if nothing had happened; those of others begin anew,
// and collect at once. On an error nothing has changed.
func (c *collections) apply(ctx context.Context, settings *config.AdapterConfiguration) error {
	next, err := c.prepare(settings)
	if err != nil {
		return err
	}
	ended := c.end(next)
	c.store.Reconfigure(next.metrics)
	c.discovery.SetRules(next.rules)
	var begun []string
	for _, l := range next.begins {
		c.begin(ctx, l, next.origins[l.metric])
		begun = append(begun, l.metric)
	}
	klog.FromContext(ctx).Info("Configuration is in force", "metrics", len(next.metrics), "loopsEnded", ended, "loopsBegun", begun)
	return nil
}

// prepare makes all that can fail, and changes nothing.
func (c *collections) prepare(settings *config.AdapterConfiguration) (*change, error) {
	next := &change{origins: map[string]origin{}}
	var err error
	if next.metrics, err = meaning.StoreMetrics(settings); err != nil {
		return nil, err
	}
	if next.rules, err = meaning.DiscoveryRules(settings); err != nil {
		return nil, err
	}
	for i := range settings.Metrics {
		m := &settings.Metrics[i]
		from := originOf(settings, m)
		next.origins[m.Name] = from
		if is, ok := c.running[m.Name]; ok && is.origin.same(from) {
			continue
		}
		s, err := c.source(settings, m)
		if err != nil {
			return nil, fmt.Errorf("metric %s: %w", m.Name, err)
		}
		next.begins = append(next.begins, &loop{
			metric: m.Name, interval: m.CollectEvery(), source: s, recorder: c.store, metrics: c.metrics, ready: c.ready,
		})
	}
	return next, nil
}

// end stops the loops of metrics that go or have another source, and waits for them, so that nothing of theirs is recorded later.
func (c *collections) end(next *change) (names []string) {
	for name, is := range c.running {
		from, stays := next.origins[name]
		if stays && is.origin.same(from) {
			continue
		}
		is.end()
		<-is.ended
		delete(c.running, name)
		names = append(names, name)
		if !stays {
			c.metrics.forget(name)
			c.ready.forget(name)
		}
	}
	return names
}

// begin starts a loop as soon as it is known which pods there are.
func (c *collections) begin(ctx context.Context, l *loop, from origin) {
	ctx, end := context.WithCancel(ctx)
	is := &collection{origin: from, end: end, ended: make(chan struct{})}
	c.running[l.metric] = is
	c.loops.Go(func() {
		defer close(is.ended)
		defer end()
		select {
		case <-c.synced:
			l.run(ctx)
		case <-ctx.Done():
		}
	})
}

// wait returns when all loops have ended.
func (c *collections) wait() { c.loops.Wait() }
