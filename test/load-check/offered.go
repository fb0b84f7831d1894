package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// offered: the number of requests is the integral of the rate, in all and second by second, and the server sees each of them.
func (c *check) offered(ctx context.Context) error {
	rate, length := 5000.0, c.length(30*time.Second)
	if c.short {
		rate = 500
	}
	trace, total, err := c.writeTrace(rate, length)
	if err != nil {
		return err
	}
	for _, load := range []struct {
		name, profile string
		want          float64
		more          []string
	}{
		{"constant", fmt.Sprint(rate), rate * length.Seconds(), nil},
		{"ramp", fmt.Sprintf("ramp:%v..%v/%s", rate/2, rate*3/2, length), rate * length.Seconds(), nil},
		{"sine", fmt.Sprintf("sine:%v..%v/%s", rate/2, rate*3/2, length/3), rate * length.Seconds(), nil},
		{"trace", "trace:" + trace, total, []string{"--speed", "10"}},
	} {
		if _, err := c.server.report(ctx); err != nil {
			return err
		}
		args := append([]string{"--rate", load.profile, "--duration", length.String(), "--keepalive"}, load.more...)
		r, err := c.load(ctx, "offered-"+load.name, "/ok", args...)
		if err != nil {
			return err
		}
		seen, err := c.server.report(ctx)
		if err != nil {
			return err
		}
		c.within(load.name+": requests", float64(r.Requests), load.want, load.want/100, "requests")
		c.equal(load.name+": requests that the server saw", seen.Requests, r.Successes, "requests")
		failed, name := r.Errors, load.name+": errors, those not sent included"
		if c.short { // a machine may stand still for so long that requests are too late to be sent
			failed, name = r.Errors-r.ErrorsByKind["not_sent"], load.name+": errors, but for those not sent"
		}
		c.equal(name, failed, 0, "requests")
		c.within(load.name+": the second that is most off the profile", worstSecond(r), 0, 1.001, "requests")
		fmt.Fprintf(c.people, "        %s: own CPU %.2f cores; half of the requests were sent %s late or less, 99 %% of them %s\n", load.name,
			r.CPUSeconds/r.ElapsedSeconds, inMillis(r.LatencySeconds.Late.P50), inMillis(r.LatencySeconds.Late.P99))
	}
	return nil
}

// worstSecond returns by how many requests the second differs from the profile that differs most.
func worstSecond(r result) float64 {
	worst := 0.0
	for _, s := range r.Series.Seconds {
		worst = max(worst, math.Abs(float64(s.Offered)-s.Planned))
	}
	return worst
}

// writeTrace writes a trace that lasts ten times as long as asked for, for playing it ten times as fast, and returns how many
// requests it then is.
func (c *check) writeTrace(rate float64, length time.Duration) (string, float64, error) {
	var text strings.Builder
	text.WriteString("t_seconds,value\n")
	total := 0.0
	step := length.Seconds() // of 10 steps in the file, each a tenth of it when played
	for i := range 10 {
		level := rate * float64((i*7)%10) / 5
		fmt.Fprintf(&text, "%v,%v\n", float64(i)*step, level)
		total += level * step / 10
	}
	file := filepath.Join(c.out, "trace.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
		return "", 0, fmt.Errorf("write a trace: %w", err)
	}
	return file, total, nil
}

func inMillis(seconds float64) string { return fmt.Sprintf("%.2f ms", 1000*seconds) }
