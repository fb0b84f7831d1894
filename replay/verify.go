package main

import (
	"context"
	"fmt"
	"io"
	"testing"

	"userscale.dev/userscale/replay/internal/options"
	"userscale.dev/userscale/replay/internal/recording"
	"userscale.dev/userscale/replay/internal/report"
	"userscale.dev/userscale/replay/internal/simulate"
	"userscale.dev/userscale/replay/internal/verify"
)

// verifyRecording replays what a live HPA did, and says whether the replay does the same.
func verifyRecording(ctx context.Context, t *testing.T, args []string, stdout, stderr io.Writer) int {
	var o options.Verify
	if err := o.Parse(args); err != nil {
		return usage(err, stdout, stderr)
	}
	recorded, err := recording.ReadFile(o.Recording)
	if err != nil {
		return usage(err, stdout, stderr)
	}
	replayed, err := simulate.Replay(ctx, t, recorded, o.Controller)
	switch {
	case ctx.Err() != nil:
		return failed(ctx.Err(), stderr)
	case err != nil:
		return usage(fmt.Errorf("recording %s: %w", o.Recording, err), stdout, stderr)
	}
	result := verify.Compare(recorded, replayed, o.Controller.SyncPeriod)
	if err := (report.Verification{Recording: o.Recording, Result: result}).Write(stdout, o.JSON); err != nil {
		return failed(err, stderr)
	}
	if !result.OK() {
		return exitFailed
	}
	return exitOK
}
