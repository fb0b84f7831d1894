package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"userscale.dev/userscale/loadgen/internal/stats"
)

// view is a few lines at the end of a terminal that are drawn over and over. It changes no mode of the terminal, so that there is
// nothing to restore however the program ends; lines are cut to the width, so that none wraps.
type view struct {
	out  io.Writer
	size func() (width, height int)

	drawn     []int // the lengths of the lines on the screen
	rates     []float64
	latencies []float64
}

// history is how many seconds the sparklines go back.
const history = 40

// draw shows how things are after so many seconds of a load.
func (v *view) draw(elapsed, duration time.Duration, live stats.Live) {
	v.rates = last(append(v.rates, live.Rate))
	latency := "latency    none yet"
	if l := live.Recent; l != nil {
		v.latencies = last(append(v.latencies, l.P95.Seconds()))
		latency = fmt.Sprintf("latency    p50 %s  p95 %s  p99 %s  %s", round(l.P50), round(l.P95), round(l.P99), sparkline(v.latencies))
	}
	lines := []string{
		fmt.Sprintf("%s of %s  %s", elapsed, duration, bar(elapsed, duration, 30)),
		fmt.Sprintf("rate       offered %.1f/s  done %.1f/s  %s", live.Offered, live.Rate, sparkline(v.rates)),
		latency,
		fmt.Sprintf("in flight  %d  errors %d", live.InFlight, live.Errors),
	}
	width, height := v.size()
	if height <= len(lines) { // no room to draw over them all
		lines = []string{line(elapsed, duration, live)}
	}
	v.replace(lines, width)
}

// clear takes the view off the screen.
func (v *view) clear() {
	width, _ := v.size()
	v.replace(nil, width)
}

// replace draws lines where the last ones were, in one write. Lines that a terminal made narrower since has wrapped are more rows now.
func (v *view) replace(lines []string, width int) {
	width = max(1, width)
	var out strings.Builder
	rows := 0
	for _, length := range v.drawn {
		rows += max(1, (length+width-1)/width)
	}
	if rows > 0 {
		fmt.Fprintf(&out, "\x1b[%dA\r\x1b[J", rows)
	}
	v.drawn = v.drawn[:0]
	for _, line := range lines {
		line = cut(line, width-1) // what fills the last column makes some terminals wrap
		v.drawn = append(v.drawn, utf8.RuneCountInString(line))
		out.WriteString(line + "\n")
	}
	_, _ = io.WriteString(v.out, out.String()) // what cannot be shown is lost: the load matters more
}

func cut(line string, width int) string {
	runes := []rune(line)
	return string(runes[:min(len(runes), max(0, width))])
}

func last(values []float64) []float64 { return values[max(0, len(values)-history):] }

// bar shows how much of a load is over.
func bar(elapsed, duration time.Duration, width int) string {
	done := min(width, int(int64(width)*int64(elapsed)/max(1, int64(duration))))
	return "[" + strings.Repeat("#", done) + strings.Repeat("-", width-done) + "]"
}

// sparkline shows values as blocks, as high as their part of the highest.
func sparkline(values []float64) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	highest := 0.0
	for _, v := range values {
		highest = max(highest, v)
	}
	var line strings.Builder
	for _, v := range values {
		i := 0
		if highest > 0 {
			i = int(v / highest * float64(len(blocks)-1))
		}
		line.WriteRune(blocks[i])
	}
	return line.String()
}
