package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"userscale.dev/userscale/test/summary"
)

// settle is what NVML may look back on: readings closer to a change of load are of both sides of it.
const settle = 1200 * time.Millisecond

// interval is how often to look: not in step with the jobs of half load, or all readings would be of the same moment of theirs.
const interval = 130 * time.Millisecond

// alone: a job that has the GPU to itself uses the GPU time that it asks for.
func (c *checker) alone(ctx context.Context, w *workload) error {
	work := float64(c.plan.alone.Milliseconds())
	for range 3 {
		j, err := w.job(ctx, c.plan.alone)
		if err != nil {
			return err
		}
		c.within(fmt.Sprintf("alone: GPU time of a job of %v", c.plan.alone), j.GPUMS, 0.95*work, 1.05*work, "ms")
		c.within("alone: how long it takes", j.DurationMS, 0.95*work, 1.1*work, "ms")
	}
	return nil
}

// four: jobs at once share the GPU, which is then busy, and waiting costs no CPU.
func (c *checker) four(ctx context.Context, w *workload) error {
	use, err := c.watch(ctx, w, func() error {
		jobs := make([]job, 4)
		if err := atOnce(len(jobs), func(i int) (err error) {
			jobs[i], err = w.job(ctx, c.plan.four)
			return err
		}); err != nil {
			return err
		}
		for _, j := range jobs {
			c.within("four at once: how many times as long each takes", j.DurationMS/float64(c.plan.four.Milliseconds()), 3.6, 4.4, "times")
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.utilization("four at once: NVML", use, 95, 100)
	c.within("four at once: the workload's own figure", mean(use.own), 95, 100, "%")
	c.within("four at once: CPU of the process", use.cores, 0, 0.1, "cores")
	return nil
}

// halfLoad: a job of 50 ms each 100 ms.
func (c *checker) halfLoad(ctx context.Context, w *workload) error {
	const every, work = 100 * time.Millisecond, 50 * time.Millisecond
	use, err := c.watch(ctx, w, func() error {
		tick := time.NewTicker(every)
		defer tick.Stop()
		return atOnce(int(c.plan.half/every), func(int) error {
			_, err := w.job(ctx, work)
			return err
		}, tick.C)
	})
	if err != nil {
		return err
	}
	c.utilization("half load: NVML", use, 40, 60)
	c.within("half load: the workload's own figure", mean(use.own), 45, 55, "%")
	c.within("half load: CPU of the process", use.cores, 0, 0.1, "cores")
	return nil
}

// many: jobs leave no device memory behind.
func (c *checker) many(ctx context.Context, w *workload) error {
	before, err := w.metrics(ctx)
	if err != nil {
		return err
	}
	places := make(chan struct{}, 8)
	if err := atOnce(c.plan.jobs, func(int) error {
		places <- struct{}{}
		defer func() { <-places }()
		_, err := w.job(ctx, 5*time.Millisecond)
		return err
	}); err != nil {
		return err
	}
	after, err := w.metrics(ctx)
	if err != nil {
		return err
	}
	check := summary.Check{Name: fmt.Sprintf("device memory after %d jobs", c.plan.jobs), Want: "no more than before", Unit: "bytes more"}
	was, is := before.GPU.Device.NVML.Memory, after.GPU.Device.NVML.Memory
	if was == nil || is == nil {
		check.Got = "absent: " + after.GPU.Device.NVML.Missing
	} else {
		check.Got = fmt.Sprint(int64(*is) - int64(*was))
		check.OK = *is <= *was
	}
	c.found(check)
	return nil
}

// use is what the workload and NVML said while something ran.
type use struct {
	nvml, own []float64 // percent
	missing   string    // why NVML said nothing
	cores     float64   // CPU of the process
}

// watch looks at the workload while f runs, but not at its beginning and end.
func (c *checker) watch(ctx context.Context, w *workload, f func() error) (use, error) {
	before, err := w.metrics(ctx)
	if err != nil {
		return use{}, err
	}
	began := time.Now()
	done := make(chan error, 1)
	go func() { done <- f() }()
	var all []metrics
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for running := true; running; {
		select {
		case err := <-done:
			if err != nil {
				return use{}, err
			}
			running = false
		case <-tick.C:
			m, err := w.metrics(ctx)
			if err != nil {
				return use{}, errors.Join(err, <-done)
			}
			all = append(all, m)
		}
	}
	took := time.Since(began)
	after, err := w.metrics(ctx)
	if err != nil {
		return use{}, err
	}
	if before.CPU.Seconds == nil || after.CPU.Seconds == nil {
		return use{}, errors.New("the workload does not know its CPU time")
	}
	u := use{cores: (*after.CPU.Seconds - *before.CPU.Seconds) / took.Seconds()}
	edge := min(int(float64(len(all))*settle.Seconds()/took.Seconds()), (len(all)-1)/2)
	for _, m := range all[max(edge, 0) : len(all)-max(edge, 0)] {
		u.own = append(u.own, m.GPU.Utilization)
		u.missing = m.GPU.Device.NVML.Missing
		if now := m.GPU.Device.NVML.Utilization; now != nil {
			u.nvml = append(u.nvml, *now)
		}
	}
	return u, nil
}

// utilization checks the mean of NVML's readings.
func (c *checker) utilization(name string, u use, least, most float64) {
	if len(u.nvml) == 0 || len(u.nvml) < len(u.own) {
		c.found(summary.Check{Name: name, Want: fmt.Sprintf("%g to %g", least, most), Got: "absent: " + u.missing, Unit: "%"})
		return
	}
	c.within(name, mean(u.nvml), least, most, "%")
}

func mean(values []float64) float64 {
	sum := 0.
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// atOnce calls f n times, side by side, each after the next of the gates, if there are any. It returns the first error.
func atOnce(n int, f func(i int) error, gates ...<-chan time.Time) error {
	errs := make(chan error, n)
	var running sync.WaitGroup
	for i := range n {
		for _, gate := range gates {
			<-gate
		}
		running.Go(func() { errs <- f(i) })
	}
	running.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
