package options

import (
	"fmt"
	"os"
	"path/filepath"

	"userscale.dev/userscale/replay/internal/report"
)

// file is what a flag names.
type file struct {
	flag    string
	path    *string
	written bool
}

// In defines a flag of a file that is read.
func (p *Parser) In(name, what string, to *string) {
	p.Text(name, what, to)
	p.files = append(p.files, file{flag: name, path: to})
}

// Out defines a flag of a file that is written once all is done: where that cannot be is known before.
func (p *Parser) Out(name string, to *string) {
	p.Value(name, "a file to write, in a folder that is there", func(s string) bool {
		*to = s
		return s != "" && isFolder(filepath.Dir(s)) && !isFolder(s)
	})
	p.files = append(p.files, file{flag: name, path: to, written: true})
}

// Policy defines the flags of the files that a policy is made of.
func (p *Parser) Policy(hpa, config *string) {
	p.In("hpa", "a file with an HPA, autoscaling/v2", hpa)
	p.In("config", "a file with an AdapterConfiguration", config)
}

// Files defines the flags of the files that a report goes to.
func (p *Parser) Files(to *report.Files) {
	p.Out("json", &to.JSON)
	p.Out("csv", &to.CSV)
	p.Out("html", &to.HTML)
}

// separate checks that nothing is written over what is read, or twice.
func (p *Parser) separate() error {
	for i, f := range p.files {
		for j, other := range p.files {
			if f.written && (j < i || !other.written) && same(*f.path, *other.path) {
				return fmt.Errorf("--%s %q: allowed: another file than that of --%s", f.flag, *f.path, other.flag)
			}
		}
	}
	return nil
}

func same(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	one, errA := os.Stat(a)
	two, errB := os.Stat(b)
	if errA != nil || errB != nil {
		return filepath.Clean(a) == filepath.Clean(b)
	}
	return one.Mode().IsRegular() && os.SameFile(one, two) // what is written to /dev/null may go there twice
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
