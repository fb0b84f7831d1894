package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

// quantities names each quantity of an HPA that is none. The decoder says only that there is one.
func quantities(document []byte) error {
	var hpa map[string]any
	_ = yaml.Unmarshal(document, &hpa) // the decoder says what is no YAML
	return errors.Join(badQuantities(field.NewPath("spec"), hpa["spec"])...)
}

func badQuantities(path *field.Path, value any) (errs []error) {
	switch value := value.(type) {
	case []any:
		for i := range value {
			errs = append(errs, badQuantities(path.Index(i), value[i])...)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			child, inside := path.Child(name), value[name]
			if name != "averageValue" && name != "value" && name != "tolerance" {
				errs = append(errs, badQuantities(child, inside)...)
			} else if _, err := resource.ParseQuantity(fmt.Sprint(inside)); err != nil && inside != nil {
				errs = append(errs, field.Invalid(child, inside, "must be a quantity, such as 10, 500m or 2k"))
			}
		}
	}
	return errs
}
