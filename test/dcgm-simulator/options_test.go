package main

import "testing"

func TestParseOptions(t *testing.T) {
	tests := []struct {
		name    string
		args    []string
		wantErr string
	}{
		{name: "defaults"},
		{name: "port too low", args: []string{"--port=0"}, wantErr: "--port=0: must be between 1 and 65535"},
		{name: "port too high", args: []string{"--port=65536"}, wantErr: "--port=65536: must be between 1 and 65535"},
		{name: "bad selector", args: []string{"--selector=a in"}, wantErr: `--selector="a in": must be a label selector`},
		{name: "empty selector", args: []string{"--selector="}, wantErr: "must name the pods"},
		{name: "empty hostname", args: []string{"--hostname="}, wantErr: "--hostname"},
		{name: "unknown generation", args: []string{"--generation=2"}, wantErr: `--generation="2": must be one of 1.x, 4.9, 4.x`},
		{name: "MIG too early", args: []string{"--generation=1.x", "--mig"}, wantErr: "--mig: generation 1.x knows no MIG"},
		{name: "argument", args: []string{"serve"}, wantErr: `unexpected argument "serve"`},
		{name: "all errors at once", args: []string{"--port=0", "--selector="}, wantErr: "65535\n--selector"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseOptions(test.args)
			checkError(t, err, test.wantErr)
		})
	}
}
