package report

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"userscale.dev/userscale/loadgen/internal/stats"
)

// plainEvery is how many seconds lie between two lines where lines stay, in a log or a pipe.
const plainEvery = 5

// clearLine returns to the start of a terminal's line and empties it.
const clearLine = "\r\x1b[K"

// source gives the live numbers.
type source interface {
	Live(now time.Time) stats.Live
}

// Progress shows how a load goes while it runs.
type Progress struct {
	out      io.Writer
	source   source
	duration time.Duration
	terminal bool
}

// NewProgress shows source on out, as one line that changes if out is a terminal, else as a line now and then.
func NewProgress(out io.Writer, source source, duration time.Duration) *Progress {
	file, ok := out.(*os.File)
	return &Progress{out: out, source: source, duration: duration, terminal: ok && term.IsTerminal(int(file.Fd()))}
}

// Run shows progress until ctx is done. What cannot be written is lost: the load matters more.
func (p *Progress) Run(ctx context.Context) {
	seconds := time.NewTicker(time.Second)
	defer seconds.Stop()
	for elapsed := 1; ; elapsed++ {
		select {
		case now := <-seconds.C:
			p.show(elapsed, p.source.Live(now))
		case <-ctx.Done():
			if p.terminal {
				fmt.Fprint(p.out, clearLine)
			}
			return
		}
	}
}

func (p *Progress) show(elapsed int, live stats.Live) {
	switch {
	case p.terminal:
		fmt.Fprint(p.out, clearLine, p.line(elapsed, live))
	case elapsed%plainEvery == 0:
		fmt.Fprintln(p.out, p.line(elapsed, live))
	}
}

func (p *Progress) line(elapsed int, live stats.Live) string {
	line := fmt.Sprintf("%s of %s  %.1f/s  %d in flight  %d errors",
		time.Duration(elapsed)*time.Second, p.duration, live.Rate, live.InFlight, live.Errors)
	if l := live.Recent; l != nil {
		line += fmt.Sprintf("  p50 %s p95 %s p99 %s", round(l.P50), round(l.P95), round(l.P99))
	}
	return line
}
