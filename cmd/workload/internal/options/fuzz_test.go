package options

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// FuzzParse: a command line, one argument per line, and $GPU_MODE and $USER_WINDOW, one per line, give settings within their bounds, help,
// or an error.
func FuzzParse(f *testing.F) {
	f.Add("", "")
	f.Add("--help", "")
	f.Add("--listen=:1\n--gpu-mode=cuda\n--gpu-queue=2\n--max-size=3\n--max-stream=4s\n--max-gpu-work=5s\n--drain-settle=6s\n--grace-period=7s", "")
	f.Add("--listen\n[::1]:8000\n--max-stream\n1h0.5s", "simulate")
	f.Add("--matrix-queue=8\n--user-window=9s", "auto\n5m")
	f.Add("", "\n-1s")
	f.Add("--max-size=0x10\n--gpu-queue=1_000", "nonsense")
	f.Add("--grace-period=-1s\n--drain-settle=-1ns\n--max-size=99999999999999999999", "cuda")
	f.Add("--listen=8000\n--\nserve", "")
	f.Fuzz(func(t *testing.T, lines, environment string) {
		var args []string
		if lines != "" {
			args = strings.Split(lines, "\n")
		}
		mode, window, _ := strings.Cut(environment, "\n")
		getenv := func(name string) string { return map[string]string{"GPU_MODE": mode, "USER_WINDOW": window}[name] }
		var help strings.Builder
		o, err := Parse(args, getenv, &help)
		if err != nil {
			if err.Error() == "" || errors.Is(err, pflag.ErrHelp) != (help.Len() > 0) {
				t.Errorf("%q: refused with %q after %q", args, err, help.String())
			}
			return
		}
		checkBounds(t, o)
		again, err := Parse(asFlags(o), getenv, &help)
		if diff := cmp.Diff(o, again); diff != "" || err != nil {
			t.Errorf("%q: %v, and given again as flags (-first +second):\n%s", args, err, diff)
		}
	})
}

func checkBounds(t *testing.T, o Options) {
	t.Helper()
	if _, _, err := net.SplitHostPort(o.Listen); err != nil {
		t.Errorf("listens on %q: %v", o.Listen, err)
	}
	if o.GPUMode != "auto" && o.GPUMode != "cuda" && o.GPUMode != "simulate" {
		t.Errorf("GPU mode is %q", o.GPUMode)
	}
	if o.GPUQueue < 1 || o.MaxSize < 1 || o.MaxSize > 10_000 || o.MatrixQueue < 1 || o.MaxStream < time.Millisecond || o.MaxGPUWork < time.Millisecond {
		t.Errorf("bounds are %+v", o)
	}
	if o.UserWindow < 0 || o.UserWindow > time.Hour {
		t.Errorf("users stay for %v", o.UserWindow)
	}
	if o.DrainSettle < 0 || o.GracePeriod < 3*time.Second || o.DrainSettle > o.GracePeriod {
		t.Errorf("settles for %v within %v", o.DrainSettle, o.GracePeriod)
	}
}

func asFlags(o Options) []string {
	return []string{
		"--listen=" + o.Listen, "--gpu-mode=" + o.GPUMode,
		fmt.Sprint("--gpu-queue=", o.GPUQueue), fmt.Sprint("--max-size=", o.MaxSize), fmt.Sprint("--matrix-queue=", o.MatrixQueue),
		fmt.Sprint("--user-window=", o.UserWindow),
		fmt.Sprint("--max-stream=", o.MaxStream), fmt.Sprint("--max-gpu-work=", o.MaxGPUWork),
		fmt.Sprint("--drain-settle=", o.DrainSettle), fmt.Sprint("--grace-period=", o.GracePeriod),
	}
}
