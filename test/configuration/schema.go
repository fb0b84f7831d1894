// Package configuration writes down what an AdapterConfiguration may say, from its Go types and their comments: a JSON schema for editors,
// and the reference in docs/configuration.md. `make update-configuration` runs it.
package configuration

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
	"k8s.io/apimachinery/pkg/util/intstr"

	"userscale.dev/userscale/pkg/config"
)

// newSchema reflects the types. What a struct alone cannot say, such as that a metric has one source, is left to `adapter validate`.
func newSchema() (*jsonschema.Schema, error) {
	r := jsonschema.Reflector{DoNotReference: true, ExpandedStruct: true, Anonymous: true, Mapper: mapType}
	if err := r.AddGoComments("userscale.dev/userscale/test/configuration", "../../pkg/config", jsonschema.WithFullComment()); err != nil {
		return nil, fmt.Errorf("comments of the types: %w", err)
	}
	s := r.Reflect(&config.AdapterConfiguration{})
	s.Title = config.Kind
	property(s, "apiVersion").Const = config.APIVersion
	property(s, "kind").Const = config.Kind
	metrics := property(s, "metrics")
	metrics.MinItems, metrics.MaxItems = new(uint64(1)), new(uint64(100))
	property(property(metrics.Items, "dcgm"), "combine").Enum = []any{config.CombineAverage, config.CombineMax}
	walk("", s, func(_ string, s *jsonschema.Schema) bool {
		s.Description = strings.Join(strings.Fields(s.Description), " ")
		return true
	})
	return s, nil
}

func mapType(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[config.Duration]():
		return &jsonschema.Schema{Type: "string", Pattern: `^-?([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$|^0$`, Examples: []any{"800ms", "15s", "1m30s"}}
	case reflect.TypeFor[intstr.IntOrString]():
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
			{Type: "integer", Minimum: "0", Maximum: "65535"}, {Type: "string", Pattern: `^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$`},
		}}
	case reflect.TypeFor[config.Combine]():
		return &jsonschema.Schema{Type: "string", Enum: []any{config.CombineSum, config.CombineAverage, config.CombineMax}}
	case reflect.TypeFor[config.GPUUnit]():
		return &jsonschema.Schema{Type: "string", Enum: []any{config.UnitPercent, config.UnitRatio}}
	case reflect.TypeFor[config.SharedGPUs]():
		return &jsonschema.Schema{Type: "string", Enum: []any{config.SharedInclude, config.SharedExclude}}
	}
	return nil
}

func property(s *jsonschema.Schema, name string) *jsonschema.Schema {
	p, ok := s.Properties.Get(name)
	if !ok {
		panic("no property " + name)
	}
	return p
}

// walk visits a schema and all below it that visit wants to see, each by its path: metrics[].pods.field.
func walk(path string, s *jsonschema.Schema, visit func(path string, s *jsonschema.Schema) bool) {
	if !visit(path, s) {
		return
	}
	if s.Items != nil {
		walk(path+"[]", s.Items, visit)
	}
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		walk(strings.TrimPrefix(path+"."+pair.Key, "."), pair.Value, visit)
	}
}

func schemaText(s *jsonschema.Schema) ([]byte, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}
