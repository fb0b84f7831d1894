package options

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"userscale.dev/userscale/cmd/workload/internal/server"
)

func noEnv(string) string { return "" }

func defaults() Options {
	return Options{
		Listen:  "0.0.0.0:8000",
		GPUMode: "auto",
		Limits: server.Limits{
			GPUQueue:    64,
			MaxSize:     1000,
			MatrixQueue: 256,
			MaxStream:   10 * time.Minute,
			MaxGPUWork:  time.Minute,
			UserWindow:  30 * time.Second,
			DrainSettle: 5 * time.Second,
			GracePeriod: 30 * time.Second,
		},
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		args []string
		env  map[string]string
		want func(*Options)
	}{
		{name: "defaults", want: func(*Options) {}},
		{
			name: "all flags",
			args: []string{
				"--listen=:1", "--gpu-mode=cuda", "--gpu-queue=2", "--max-size=3", "--matrix-queue=8", "--max-stream=4s",
				"--max-gpu-work=5s", "--user-window=9s", "--drain-settle=6s", "--grace-period=7s",
			},
			want: func(o *Options) {
				*o = Options{":1", "cuda", server.Limits{
					GPUQueue: 2, MaxSize: 3, MatrixQueue: 8, MaxStream: 4 * time.Second, MaxGPUWork: 5 * time.Second,
					UserWindow: 9 * time.Second, DrainSettle: 6 * time.Second, GracePeriod: 7 * time.Second,
				}}
			},
		},
		{
			name: "mode from the environment",
			env:  map[string]string{"GPU_MODE": "simulate"},
			want: func(o *Options) { o.GPUMode = "simulate" },
		},
		{
			name: "the flag beats the environment",
			args: []string{"--gpu-mode", "auto"},
			env:  map[string]string{"GPU_MODE": "nonsense"},
			want: func(o *Options) { o.GPUMode = "auto" },
		},
		{
			name: "window from the environment",
			env:  map[string]string{"USER_WINDOW": "5m"},
			want: func(o *Options) { o.UserWindow = 5 * time.Minute },
		},
		{
			name: "the flag beats the environment's window",
			args: []string{"--user-window=0"},
			env:  map[string]string{"USER_WINDOW": "nonsense"},
			want: func(o *Options) { o.UserWindow = 0 },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := defaults()
			tt.want(&want)
			got, err := Parse(tt.args, func(k string) string { return tt.env[k] }, t.Output())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("options (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		args string
		want []string
	}{
		{"--listen 8000", []string{`--listen: "8000" is not host:port`}},
		{"--gpu-mode rocm", []string{`--gpu-mode or $GPU_MODE: "rocm" is not one of auto, cuda, simulate`}},
		{"--gpu-queue 0", []string{"--gpu-queue: 0 is not from 1 to 100000"}},
		{"--max-size 10001", []string{"--max-size: 10001 is not from 1 to 10000"}},
		{"--matrix-queue 0", []string{"--matrix-queue: 0 is not from 1 to 100000"}},
		{"--user-window -1s", []string{"--user-window or $USER_WINDOW: -1s is not from 0s to 1h0m0s"}},
		{"--max-stream 1us", []string{"--max-stream: 1µs is not from 1ms to 24h0m0s"}},
		{"--max-gpu-work 2h", []string{"--max-gpu-work: 2h0m0s is not from 1ms to 1h0m0s"}},
		{"--grace-period 2s --drain-settle 1s", []string{"--grace-period: 2s is not from 3s to 1h0m0s"}},
		{"--drain-settle 31s", []string{"--drain-settle: 31s is not from 0s to 30s"}},
		{"--drain-settle -1s", []string{"--drain-settle: -1s is not from 0s to 30s"}},
		{"--gpu-queue 0 --max-size 0", []string{"--gpu-queue: 0", "--max-size: 0"}},
		{"--gpu-queue many", []string{"many", "--gpu-queue"}},
		{"--colour", []string{"unknown flag: --colour"}},
		{"serve", []string{`unexpected argument "serve"`}},
	}
	for _, tt := range tests {
		_, err := Parse(strings.Fields(tt.args), noEnv, t.Output())
		if err == nil {
			t.Errorf("%s: no error", tt.args)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: err = %v, want it to say %q", tt.args, err, want)
			}
		}
	}
}

func TestBadEnvironment(t *testing.T) {
	_, err := Parse(nil, func(k string) string { return map[string]string{"USER_WINDOW": "30"}[k] }, t.Output())
	if err == nil || !strings.Contains(err.Error(), `$USER_WINDOW: "30" is not a duration`) {
		t.Errorf("err = %v, want it to name the variable, its value and what is allowed", err)
	}
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	if _, err := Parse([]string{"--help"}, noEnv, &out); !errors.Is(err, pflag.ErrHelp) {
		t.Errorf("err = %v, want ErrHelp", err)
	}
	for _, want := range []string{"Examples:", "curl", "--listen host:port", "--grace-period", "(default 30s)"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the help lacks %q:\n%s", want, out.String())
		}
	}
}
