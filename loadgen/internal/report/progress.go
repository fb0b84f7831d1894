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

// plainEvery is how much time lies between two lines where lines stay, in a log or a pipe.
const plainEvery = 5 * time.Second

// source gives the live numbers.
type source interface {
	Live(now time.Time) stats.Live
}

// Progress shows how a load goes while it runs.
type Progress struct {
	out      io.Writer
	source   source
	duration time.Duration
	view     *view // nil where lines stay
}

// NewProgress shows source on out: as a few lines that are drawn over each second if out is a terminal, else as a line now and then.
func NewProgress(out io.Writer, source source, duration time.Duration) *Progress {
	p := &Progress{out: out, source: source, duration: duration}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.view = &view{out: out, size: func() (int, int) { return sizeOf(file) }}
	}
	return p
}

// sizeOf is the size of a terminal; one that does not tell is taken for the usual.
func sizeOf(terminal *os.File) (width, height int) {
	width, height, err := term.GetSize(int(terminal.Fd()))
	if err != nil || width < 1 || height < 1 {
		return 80, 24
	}
	return width, height
}

// Run shows progress until ctx is done. What cannot be written is lost: the load matters more.
func (p *Progress) Run(ctx context.Context) {
	seconds := time.NewTicker(time.Second)
	defer seconds.Stop()
	for elapsed := time.Second; ; elapsed += time.Second {
		select {
		case now := <-seconds.C:
			p.show(elapsed, p.source.Live(now))
		case <-ctx.Done():
			if p.view != nil {
				p.view.clear()
			}
			return
		}
	}
}

func (p *Progress) show(elapsed time.Duration, live stats.Live) {
	switch {
	case p.view != nil:
		p.view.draw(elapsed, p.duration, live)
	case elapsed%plainEvery == 0:
		fmt.Fprintln(p.out, line(elapsed, p.duration, live))
	}
}

// line is all of it in one.
func line(elapsed, duration time.Duration, live stats.Live) string {
	line := fmt.Sprintf("%s of %s  offered %.1f/s  done %.1f/s  %d in flight  %d errors", elapsed, duration, live.Offered, live.Rate, live.InFlight, live.Errors)
	if l := live.Recent; l != nil {
		line += fmt.Sprintf("  p50 %s p95 %s p99 %s", round(l.P50), round(l.P95), round(l.P99))
	}
	return line
}
