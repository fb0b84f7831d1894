package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// decode fills c from a parsed document. What does not fit the type, field or value, is refused by its path and left out, so that
// the rest can be judged as well. Text where a group of fields belongs may be a password in the wrong place, and is not repeated.
func decode(document any, c *AdapterConfiguration) (refusals, error) {
	if _, ok := document.(map[any]any); !ok {
		return nil, errors.New("not a map of fields: begin with apiVersion: " + APIVersion + " and kind: " + Kind)
	}
	var d decoder
	fit, err := json.Marshal(d.fit(nil, document, reflect.TypeFor[AdapterConfiguration]()))
	if err != nil {
		return nil, err
	}
	return refusals(d.refused), json.Unmarshal(fit, c)
}

type decoder struct{ refused field.ErrorList }

func (d *decoder) refuse(err *field.Error) any {
	d.refused = append(d.refused, err)
	return nil
}

// fit returns the part of the value that a t can be decoded from as JSON, nil if there is none.
func (d *decoder) fit(path *field.Path, value any, t reflect.Type) any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	_, group := value.(map[any]any)
	switch {
	case value == nil:
		return nil
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return d.fitLeaf(path, value, t)
	case t.Kind() == reflect.Struct && group:
		return d.fitStruct(path, value.(map[any]any), t)
	case t.Kind() == reflect.Map && group:
		return d.fitMap(path, value.(map[any]any), t)
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Map:
		return d.refuse(field.TypeInvalid(path, kindOf(value), "must be a map of fields"))
	case t.Kind() == reflect.Slice:
		return d.fitSlice(path, value, t)
	}
	return d.fitLeaf(path, value, t)
}

func (d *decoder) fitStruct(path *field.Path, values map[any]any, t reflect.Type) any {
	types := fieldTypes(t)
	fit := map[string]any{}
	for _, key := range sortedKeys(values) {
		name := fmt.Sprint(key)
		if of, known := types[name]; known {
			fit[name] = d.fit(path.Child(name), values[key], of)
			continue
		}
		var names []string
		for name := range types {
			names = append(names, name)
		}
		slices.Sort(names)
		d.refuse(field.Forbidden(path.Child(name), "there is no such field; allowed here are "+strings.Join(names, ", ")))
	}
	return fit
}

// fieldTypes are the types of a struct's fields by their names in JSON, those of embedded structs among them.
func fieldTypes(t reflect.Type) map[string]reflect.Type {
	types := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			types[name] = f.Type
		}
	}
	return types
}

func (d *decoder) fitMap(path *field.Path, values map[any]any, t reflect.Type) any {
	fit := map[string]any{}
	for _, key := range sortedKeys(values) {
		name := fmt.Sprint(key)
		fit[name] = d.fit(path.Key(name), values[key], t.Elem())
	}
	return fit
}

func (d *decoder) fitSlice(path *field.Path, value any, t reflect.Type) any {
	values, ok := value.([]any)
	if !ok {
		return d.refuse(field.TypeInvalid(path, kindOf(value), "must be a list"))
	}
	fit := make([]any, len(values))
	for i, v := range values {
		fit[i] = d.fit(path.Index(i), v, t.Elem())
	}
	return fit
}

func (d *decoder) fitLeaf(path *field.Path, value any, t reflect.Type) any {
	text, err := json.Marshal(value) // fails for lists and maps with keys of any kind, NaN and ±Inf
	if err == nil {
		err = json.Unmarshal(text, reflect.New(t).Interface())
	}
	switch value.(type) {
	case map[any]any, []any:
		return d.refuse(field.TypeInvalid(path, kindOf(value), allowedLeaf(t)))
	}
	if err != nil {
		return d.refuse(field.TypeInvalid(path, value, allowedLeaf(t)))
	}
	return value
}

func allowedLeaf(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[Duration]():
		return "must be a duration with its unit, such as 800ms, 15s or 1m30s"
	case t == reflect.TypeFor[intstr.IntOrString]():
		return allowedPort
	case t.Kind() == reflect.Bool:
		return "must be true or false"
	case t.Kind() == reflect.String:
		return "must be text; quote what YAML takes for something else"
	}
	return "must be a finite number"
}

func kindOf(value any) string {
	switch value.(type) {
	case map[any]any:
		return "a map"
	case []any:
		return "a list"
	}
	return "a single value"
}

func sortedKeys(values map[any]any) []any {
	keys := make([]any, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return keys
}
