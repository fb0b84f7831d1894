// Package observe records a run of a live HPA: what the adapter collects, as it explains it, and what the API server shows of the HPA,
// its pods and their CPU. It changes nothing in the cluster.
package observe

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"
	metricsclient "k8s.io/metrics/pkg/client/clientset/versioned"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/replay/internal/recording"
)

const (
	// lookEvery is short enough that no collection is missed: pods are scraped once a second at most often.
	lookEvery = 250 * time.Millisecond
	// usageEvery is short against the resolution of metrics-server, which is 15 s.
	usageEvery = 500 * time.Millisecond
	// tellEvery is how often progress is told.
	tellEvery = 10 * time.Second
)

// Config says what is recorded.
type Config struct {
	Namespace, HPA string
	Settings       *config.AdapterConfiguration // as the running adapter has it
	Hold           time.Duration                // for how long nobody may answer before the recording ends
}

// Cluster is what is watched and asked.
type Cluster struct {
	Kube    kubernetes.Interface
	Metrics metricsclient.Interface                     // metrics.k8s.io
	Explain func(context.Context) (explain.List, error) // the adapter, about the HPA
}

// Progress is how far a recording has come.
type Progress struct {
	Elapsed                time.Duration
	Pods, Passes, Rescales int
}

// Run records until outer ends, which is no error. After an error there is what was recorded until then, which is good; nil if the run did
// not begin. Errors: the adapter does not explain the HPA, or serves its metrics in another way than configured; the HPA is changed or
// deleted; nobody answers for longer than Hold.
func Run(outer context.Context, from Cluster, c Config, tell func(Progress)) (*recording.Recording, error) {
	ctx, end := context.WithCancelCause(outer)
	defer end(nil)
	r := &run{config: c, from: from, journal: newJournal(), end: end}
	err := r.begin(ctx)
	if err == nil {
		if r.attend(ctx, tell); outer.Err() == nil {
			err = context.Cause(ctx)
		}
	}
	end(nil)
	r.watching.Wait()
	return r.journal.finish(), err
}

// run is a recording that is being made.
type run struct {
	config      Config
	from        Cluster
	journal     *journal
	selector    string // of the pods
	collections *collections
	end         context.CancelCauseFunc // ends the recording, with an error
	watching    sync.WaitGroup
}

// attend polls until ctx ends.
func (r *run) attend(ctx context.Context, tell func(Progress)) {
	hold := r.config.Hold
	var polling sync.WaitGroup
	polling.Go(func() { r.end(poll(ctx, lookEvery, hold, r.look)) })
	if r.needsUsage() {
		polling.Go(func() { r.end(poll(ctx, usageEvery, hold, r.askUsage)) })
	}
	polling.Go(func() {
		ticker := time.NewTicker(tellEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				tell(r.journal.progress())
			}
		}
	})
	polling.Wait()
}

// look takes what the adapter has collected since the last look.
func (r *run) look(ctx context.Context) error {
	report, err := r.explain(ctx)
	if err != nil {
		return err
	}
	r.collections.take(report)
	return nil
}

func (r *run) explain(ctx context.Context) (*explain.Report, error) {
	list, err := r.from.Explain(ctx)
	if err != nil {
		return nil, err
	}
	if len(list.Items) != 1 {
		return nil, fmt.Errorf("%d explanations of HPA %s, want one", len(list.Items), r.config.HPA)
	}
	r.journal.answered(list.Items[0].Time)
	return &list.Items[0], nil
}
