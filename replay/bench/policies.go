package main

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/replay/internal/compare"
	"userscale.dev/userscale/replay/internal/policy"
)

// The policies, in the order of the tables.
var (
	//go:embed policies
	files embed.FS
	names = []string{"cpu", "raw", "symmetric-10s", "symmetric-30s", "asymmetric", "fall-only-60s", "users-and-cpu", "all"}
)

// policies reads the embedded files of these names.
func policies(names ...string) ([]compare.Entry, error) {
	folder, err := os.MkdirTemp("", "replay-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a copy of one small file
	adapter := filepath.Join(folder, "adapter.yaml")
	text, err := files.ReadFile("policies/adapter.yaml")
	if err == nil {
		err = os.WriteFile(adapter, text, 0o600)
	}
	if err != nil {
		return nil, err
	}
	loaded, err := config.Load(adapter, func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	var entries []compare.Entry
	for _, name := range names {
		text, err := files.ReadFile("policies/" + name + ".yaml")
		if err != nil {
			return nil, err
		}
		hpa, err := policy.ReadHPA(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p, err := policy.New(hpa, loaded)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		entries = append(entries, compare.Entry{Name: strings.ReplaceAll(name, "-", " "), Policy: p})
	}
	return entries, nil
}
