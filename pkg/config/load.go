package config

import (
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

// Load reads the configuration file, puts the environment's overrides over it, fills in the defaults and validates the
// result. Without a path it starts from the shipped default. The error names every bad field at once.
func Load(path string, getenv func(string) string) (*AdapterConfiguration, error) {
	c := &AdapterConfiguration{APIVersion: APIVersion, Kind: Kind, Metrics: []Metric{usersMetric()}}
	from := "the shipped configuration"
	if path != "" {
		from = path
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read configuration: %w", err)
		}
		if c, err = Decode(data); err != nil {
			return nil, fmt.Errorf("read configuration %s: %w", path, err)
		}
	}
	errs := c.override(getenv)
	c.setDefaults()
	errs = append(errs, c.Validate()...)
	if err := errs.ToAggregate(); err != nil {
		return nil, fmt.Errorf("configuration from %s and the environment: %w", from, err)
	}
	return c, nil
}

// Decode reads one YAML or JSON document. Fields that it does not know, and fields given twice, are errors.
func Decode(data []byte) (*AdapterConfiguration, error) {
	c := &AdapterConfiguration{}
	if err := yaml.UnmarshalStrict(data, c); err != nil {
		return nil, err
	}
	return c, nil
}
