package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/component-base/version"

	"userscale.dev/userscale/localkube/cluster"
	"userscale.dev/userscale/localkube/control"
	"userscale.dev/userscale/localkube/plan"
)

// pollInterval is how often the supervisor is asked how far the start has come.
const pollInterval = 100 * time.Millisecond

func newUp(n *name) *cobra.Command {
	var o plan.Options
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the cluster and wait until it is ready; does nothing if it is",
		Example: `  localkube up
  localkube --name e2e up --exclusive --wait 30m`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Name = string(*n)
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return up(ctx, cmd.OutOrStdout(), o, wait)
		},
	}
	cmd.Flags().DurationVar(&o.HPASyncPeriod, "hpa-sync-period", plan.DefaultHPASyncPeriod, "how often the HorizontalPodAutoscaler decides")
	cmd.Flags().BoolVar(&o.Exclusive, "exclusive", false, "wait until no other exclusive cluster runs on this machine, and keep others waiting")
	cmd.Flags().DurationVar(&wait, "wait", 30*time.Minute, "how long to wait for another exclusive cluster")
	return cmd
}

func up(ctx context.Context, out io.Writer, o plan.Options, wait time.Duration) error {
	if err := errors.Join(o.Validate(), preflight()); err != nil {
		return err
	}
	began := time.Now()
	c, err := start(ctx, out, o, wait)
	started := err == nil
	if errors.Is(err, cluster.ErrRunning) {
		err = checkOptions(c, o)
	}
	if err != nil {
		return err
	}
	if err := follow(ctx, out, c); err != nil {
		return bootError(c, err, started && ctx.Err() != nil)
	}
	if started {
		fmt.Fprintf(out, "Cluster %s is ready after %.1f s.\n", c.Name, time.Since(began).Seconds())
	} else {
		fmt.Fprintf(out, "Cluster %s is up.\n", c.Name)
	}
	return nil
}

func start(ctx context.Context, out io.Writer, o plan.Options, wait time.Duration) (cluster.Cluster, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, wait, fmt.Errorf("waited for %s", wait))
	defer cancel()
	c := cluster.Named(o.Name)
	running, err := c.Running()
	if err != nil {
		return c, err
	}
	if running { // before waiting for an exclusive cluster, which may be this one
		return c, cluster.ErrRunning
	}
	c, err = cluster.Start(ctx, o, func(holders []string) {
		fmt.Fprintf(out, "Waiting for up to %s until another exclusive cluster is down: %s\n", wait, strings.Join(holders, ", "))
	})
	if err == nil {
		fmt.Fprintf(out, "Starting cluster %s (Kubernetes %s) in %s:\n", c.Name, version.Get().GitVersion, c.Layout.Dir)
	}
	return c, err
}

// checkOptions returns an error if the running cluster was started with other options.
func checkOptions(c cluster.Cluster, want plan.Options) error {
	have, err := c.Options()
	if err != nil {
		return err
	}
	if have != want {
		return fmt.Errorf("cluster %s is running with hpa-sync-period=%s exclusive=%t: take it down first (`localkube --name %s down`)",
			c.Name, have.HPASyncPeriod, have.Exclusive, c.Name)
	}
	return nil
}

// follow prints each step of the boot when it is done, and returns when the cluster is ready.
func follow(ctx context.Context, out io.Writer, c cluster.Cluster) error {
	client := control.NewClient(c.Layout.Socket())
	printed := 0
	for {
		boot, err := client.Boot(ctx)
		if err == nil {
			printed += printSteps(out, boot.Steps[printed:])
			if boot.Failed != "" {
				return errors.New(boot.Failed)
			}
			if boot.Ready {
				return nil
			}
		} else if running, lockErr := c.Running(); lockErr != nil || !running {
			return errors.Join(errors.New("its supervisor ended"), lockErr)
		}
		select {
		case <-ctx.Done():
			return errors.New("interrupted")
		case <-time.After(pollInterval):
		}
	}
}

func printSteps(out io.Writer, steps []control.Step) (printed int) {
	for _, s := range steps {
		if s.Done {
			fmt.Fprintf(out, "  %-24s %5.1f s\n", s.Name, s.Seconds)
			printed++
		}
	}
	return printed
}

// bootError says where to look, or takes the cluster down again that nobody waits for.
func bootError(c cluster.Cluster, err error, remove bool) error {
	err = fmt.Errorf("start cluster %s: %w", c.Name, err)
	if remove {
		return errors.Join(err, c.Remove(context.Background()))
	}
	return fmt.Errorf("%w\nthe logs are in %s", err, c.Layout.File("logs"))
}
