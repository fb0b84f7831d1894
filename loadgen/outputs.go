package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// render writes a result in one form.
type render func(io.Writer) error

// destination is a file that a flag names; "-" is stdout.
type destination struct {
	flag, name string
}

// outputs is where a result goes: the summary for people always, other forms to the files that were asked for.
type outputs struct {
	people io.Writer
	files  []openFile
}

type openFile struct {
	destination
	io.Writer
	close func() error
}

// openOutputs opens what destinations name; those with an empty name were not asked for. If one is stdout, the summary for people
// moves to stderr.
func openOutputs(destinations []destination, stdout, stderr io.Writer) (*outputs, error) {
	o := &outputs{people: stdout}
	taken := map[string]string{}
	for _, d := range destinations {
		if d.name == "" {
			continue
		}
		name := filepath.Clean(d.name)
		if other, ok := taken[name]; ok {
			return nil, errors.Join(fmt.Errorf("--%s %q: allowed: another than that of --%s", d.flag, d.name, other), o.closeAll())
		}
		taken[name] = d.flag
		if d.name == "-" {
			o.people = stderr
			o.files = append(o.files, openFile{d, stdout, func() error { return nil }})
			continue
		}
		file, err := os.Create(d.name)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("--%s %q: allowed: - or a file that can be written: %w", d.flag, d.name, err), o.closeAll())
		}
		o.files = append(o.files, openFile{d, file, file.Close})
	}
	return o, nil
}

func (o *outputs) closeAll() error {
	var errs []error
	for _, f := range o.files {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}

// write writes a result in all forms that were asked for, by their flags, and closes the files. One that fails does not keep the others
// from being written.
func (o *outputs) write(people render, forms map[string]render) error {
	var errs []error
	if err := people(o.people); err != nil {
		errs = append(errs, fmt.Errorf("write the summary: %w", err))
	}
	for _, f := range o.files {
		if err := errors.Join(forms[f.flag](f), f.close()); err != nil {
			errs = append(errs, fmt.Errorf("write the result to --%s %s: %w", f.flag, f.name, err))
		}
	}
	return errors.Join(errs...)
}
