package config

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// SizeLimit is the size of the largest configuration that is read, in bytes: that of the largest ConfigMap.
const SizeLimit = 1 << 20

// Load reads the configuration file, puts the environment's overrides over it, fills in the defaults and validates the
// result. Without a path it starts from the shipped default. The error names every bad field at once.
func Load(path string, getenv func(string) string) (*AdapterConfiguration, error) {
	if path == "" {
		c := shipped()
		if err := c.finish(nil, getenv); err != nil {
			return nil, fmt.Errorf("the shipped configuration and the environment: %w", err)
		}
		return c, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	defer func() { _ = file.Close() }() // after reading
	c, err := Read(file, getenv)
	if err != nil {
		return nil, fmt.Errorf("configuration from %s and the environment: %w", path, err)
	}
	return c, nil
}

// Read is Load for one YAML or JSON document of at most SizeLimit bytes. Where the document can be parsed, its error is a
// utilerrors.Aggregate of what is wrong, a *field.Error each.
func Read(r io.Reader, getenv func(string) string) (*AdapterConfiguration, error) {
	data, err := io.ReadAll(io.LimitReader(r, SizeLimit+1))
	if err != nil {
		return nil, err
	}
	if len(data) > SizeLimit {
		return nil, fmt.Errorf("larger than %d bytes, the limit", SizeLimit)
	}
	document, err := parse(data)
	if err != nil {
		return nil, err
	}
	c := &AdapterConfiguration{}
	errs, err := decode(document, c)
	if err != nil {
		return nil, err
	}
	if err := c.finish(errs, getenv); err != nil {
		return nil, err
	}
	return c, nil
}

// finish makes a decoded configuration complete. Its error names what decoding found as well.
func (c *AdapterConfiguration) finish(refused refusals, getenv func(string) string) error {
	errs := c.override(getenv)
	c.setDefaults()
	errs = append(errs, c.Validate()...)
	return refused.and(errs).ToAggregate()
}

var errNoDocument = errors.New("no configuration in it: begin with apiVersion: " + APIVersion + " and kind: " + Kind)
