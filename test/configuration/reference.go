package configuration

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
	"sigs.k8s.io/yaml"

	"userscale.dev/userscale/pkg/config"
)

// least says as little as one can of each source. What is there beyond it, once it is loaded, are the defaults.
const least = `
apiVersion: adapter.userscale.dev/v1alpha1
kind: AdapterConfiguration
prometheusServers: [{name: p, url: "http://p"}]
metrics:
- {name: a, rawName: b, totalName: c, pods: {series: x, targets: [{namespaces: [x]}]}}
- {name: d, rawName: e, totalName: f, prometheus: {server: p, query: up}}
- {name: g, rawName: h, totalName: i, dcgm: {prometheus: {server: p}}}
- {name: j, rawName: k, totalName: l, dcgm: {exporters: {targets: [{namespaces: [x]}]}}}
- {name: m, rawName: m_raw, totalName: m_total, smoothing: {alpha: 0.3}, pods: {series: x}}
`

// defaults are by path; where they depend on the source, all are there.
func defaults() (map[string]string, error) {
	loaded, err := config.Read(strings.NewReader(least), func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	effective, err := json.Marshal(loaded)
	if err != nil {
		return nil, err
	}
	said, all := map[string][]string{}, map[string][]string{}
	for _, of := range []struct {
		text   []byte
		values map[string][]string
	}{{[]byte(least), said}, {effective, all}} {
		var document any
		if err := yaml.Unmarshal(of.text, &document); err != nil {
			return nil, err
		}
		flatten("", document, of.values)
	}
	texts := map[string]string{}
	for path, values := range all {
		if _, given := said[path]; !given || path == "metrics[].smoothing.interval" {
			texts[path] = "`" + strings.Join(values, "` or `") + "`"
		}
	}
	return texts, nil
}

// flatten collects the different values at each path.
func flatten(path string, value any, into map[string][]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			flatten(strings.TrimPrefix(path+"."+key, "."), below, into)
		}
	case []any:
		for _, below := range v {
			flatten(path+"[]", below, into)
		}
	default:
		if text := fmt.Sprint(v); !slices.Contains(into[path], text) {
			into[path] = append(into[path], text)
		}
	}
}

// reference is a table of all fields.
func reference(s *jsonschema.Schema) (string, error) {
	byPath, err := defaults()
	if err != nil {
		return "", fmt.Errorf("defaults: %w", err)
	}
	required := map[string]bool{}
	first := map[string]string{} // where a group that several fields have is explained
	var b strings.Builder
	b.WriteString("| field | type | default | meaning |\n|---|---|---|---|\n")
	walk("", s, func(path string, s *jsonschema.Schema) bool {
		for _, name := range s.Required {
			required[strings.TrimPrefix(path+"."+name, ".")] = true
		}
		if path == "" || strings.HasSuffix(path, "[]") {
			return true
		}
		byDefault, means := byPath[path], meaning(s)
		if required[path] {
			byDefault = "*required*"
		}
		as, seen := first[shape(s)]
		if seen {
			means += "; has the fields of `" + as + "`"
		} else if shape(s) != "" {
			first[shape(s)] = path
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", path, typeOf(s), byDefault, strings.ReplaceAll(means, "|", `\|`))
		return !seen
	})
	return b.String(), nil
}

// shape tells groups and lists of groups apart, by their fields.
func shape(s *jsonschema.Schema) string {
	if s.Items != nil {
		s = s.Items
	}
	if s.Properties.Len() == 0 {
		return ""
	}
	text, err := json.Marshal(s.Properties)
	if err != nil {
		return ""
	}
	return string(text)
}

func typeOf(s *jsonschema.Schema) string {
	switch {
	case s.Type == "array":
		return "list"
	case s.Type == "object" && s.Properties.Len() == 0:
		return "map of texts"
	case s.Type == "object":
		return "group"
	case s.Pattern != "" && strings.Contains(s.Pattern, "ms"):
		return "duration"
	case len(s.OneOf) > 0:
		return "number or text"
	case s.Type == "string":
		return "text"
	}
	return s.Type
}

// meaning is the field's comment; a list's without one is that of what it lists.
func meaning(s *jsonschema.Schema) string {
	text := s.Description
	if text == "" && s.Items != nil {
		text = s.Items.Description
	}
	if len(s.Enum) > 0 {
		if text != "" {
			text += "; "
		}
		text += fmt.Sprintf("one of %v", s.Enum)
	}
	return text
}
