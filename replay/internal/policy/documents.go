package policy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// document is one object of a text that may have several, as kustomize writes them.
type document struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        struct {
		Name string `json:"name"`
	} `json:"metadata"`

	number int // from 1 on
	text   []byte
}

// documents parts a text in YAML or JSON into its objects. Empty documents are none.
func documents(text []byte) ([]document, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	var found []document
	for i := 1; ; i++ {
		part, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		d := document{number: i, text: part}
		object, err := yaml.YAMLToJSON(part)
		switch {
		case err != nil:
			return nil, fmt.Errorf("document %d: %w", i, err)
		case string(object) == "null":
			continue
		case object[0] != '{':
			return nil, fmt.Errorf("document %d: %.60q: allowed: an object, a map with apiVersion and kind", i, strings.TrimSpace(string(part)))
		}
		if err := json.Unmarshal(object, &d); err != nil {
			return nil, fmt.Errorf("document %d: %w", i, err)
		}
		found = append(found, d)
	}
}

// kinds are what there is of others than the wanted kind, in words.
func kinds(documents []document) string {
	var all []string
	for _, d := range documents {
		all = append(all, fmt.Sprintf("%q", d.Kind))
	}
	slices.Sort(all)
	return "kind " + strings.Join(slices.Compact(all), ", ")
}
