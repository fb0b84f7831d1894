//go:build !linux

package alarm

import "context"

func newTimer(ctx context.Context) timer { return goTimer{ctx.Done()} }
