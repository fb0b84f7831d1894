package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestRun(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	tests := []struct {
		name string
		args []string
		err  string // empty: none
	}{
		{"a signal ends it", []string{"--listen=127.0.0.1:0", "--drain-settle=0"}, ""},
		{"help", []string{"--help"}, pflag.ErrHelp.Error()},
		{"a bad flag", []string{"--max-size=0"}, "--max-size: 0"},
		{"no CUDA", []string{"--gpu-mode=cuda"}, "GPU mode \"cuda\": "},
		{"an address in use", []string{"--listen", taken.Addr().String()}, "listening on " + taken.Addr().String()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if tt.name == "an address in use" {
				ctx = context.Background()
			}
			err := run(ctx, tt.args)
			if tt.err == "" && err != nil {
				t.Errorf("run() = %v, want nil", err)
			}
			if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("run() = %v, want an error with %q", err, tt.err)
			}
			if tt.name == "help" && !errors.Is(err, pflag.ErrHelp) {
				t.Errorf("run() = %v, want ErrHelp: it is no failure", err)
			}
		})
	}
}
