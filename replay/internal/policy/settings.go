package policy

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"userscale.dev/userscale/pkg/config"
)

// ReadSettings reads a configuration; without a path it is the shipped one. The environment, which overrides an adapter's file, has no
// say: the same files give the same policy everywhere.
func ReadSettings(path string) (*config.AdapterConfiguration, error) {
	none := func(string) string { return "" }
	if path == "" {
		return config.Load("", none)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if err := elsewhere(text); err != nil {
		return nil, fmt.Errorf("configuration from %s: %w", path, err)
	}
	settings, err := config.Read(bytes.NewReader(text), none)
	if err != nil {
		return nil, fmt.Errorf("configuration from %s: %w", path, err)
	}
	return settings, nil
}

// elsewhere says what to do with a text that has no configuration but other objects, such as what kustomize makes of the manifests. The
// configuration inside is not taken: there the adapter's environment, which comes from another ConfigMap, goes over it.
func elsewhere(text []byte) error {
	objects, _ := documents(text) // pkg/config says what is no YAML
	if len(objects) == 0 {
		return nil
	}
	for _, d := range objects {
		if d.Kind == config.Kind || d.Kind == "" {
			return nil
		}
	}
	for _, d := range objects {
		if key := keyOfSettings(d); key != "" {
			return fmt.Errorf("ConfigMap %s in it has one: allowed: a file of what is in its data under %s; what the adapter's environment sets besides (%s) goes into that file",
				d.Metadata.Name, key, strings.Join(variables(), ", "))
		}
	}
	return fmt.Errorf("%s in it: allowed: kind %q", kinds(objects), config.Kind)
}

// keyOfSettings is where a ConfigMap has an adapter's configuration.
func keyOfSettings(d document) string {
	var m corev1.ConfigMap
	if d.Kind != "ConfigMap" || yaml.Unmarshal(d.text, &m) != nil {
		return ""
	}
	for _, key := range slices.Sorted(maps.Keys(m.Data)) {
		inside, err := documents([]byte(m.Data[key]))
		if err == nil && len(inside) == 1 && inside[0].Kind == config.Kind {
			return key
		}
	}
	return ""
}

// variables are the names of those that an adapter's environment may have.
func variables() (names []string) {
	for _, v := range config.Variables() {
		names = append(names, v.Name)
	}
	return names
}
