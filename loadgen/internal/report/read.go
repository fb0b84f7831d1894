package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// maxResult bounds what Read takes: a result of the longest run, second by second, is smaller.
const maxResult = 512 << 20

// Read reads a stored result. It is strict: an error names the field, and says what is allowed.
func Read(r io.Reader) (*Result, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxResult))
	if err != nil {
		return nil, err
	}
	result := &Result{}
	if err := decode(text, result); err != nil {
		return nil, fmt.Errorf("not a result of loadgen --json: %w", err)
	}
	if err := result.check(); err != nil {
		return nil, fmt.Errorf("not a sound result of loadgen --json: %w", err)
	}
	return result, nil
}

// decode reads text into result, without a field more or less than a result has.
func decode(text []byte, result *Result) error {
	if err := json.Unmarshal(text, result); err != nil { // first: its errors of form say more
		return inWords(err)
	}
	again, err := json.Marshal(result)
	if err != nil {
		return err
	}
	var got, want any
	if err := errors.Join(json.Unmarshal(text, &got), json.Unmarshal(again, &want)); err != nil {
		return err
	}
	return sameFields("", got, want)
}

func inWords(err error) error {
	var mistyped *json.UnmarshalTypeError
	if !errors.As(err, &mistyped) {
		return err
	}
	field := mistyped.Field
	if field == "" {
		field = "the whole"
	}
	return fmt.Errorf("%s: is a JSON %s: allowed: %s", field, mistyped.Value, words(mistyped.Type.Kind().String()))
}

// words say in JSON's terms what a Go kind is.
func words(kind string) string {
	switch kind {
	case "struct", "map":
		return "an object"
	case "slice":
		return "an array"
	case "string":
		return "a string"
	case "bool":
		return "true or false"
	case "float64":
		return "a number"
	}
	return "a whole number"
}

// sameFields compares the fields of what was read with those of what it was taken for: a field that is missing would have become 0,
// one too many is not of this program.
func sameFields(path string, got, want any) error {
	switch want := want.(type) {
	case map[string]any:
		return sameObject(path, got, want)
	case []any:
		list, _ := got.([]any)
		for i := range min(len(list), len(want)) {
			if err := sameFields(fmt.Sprintf("%s[%d]", path, i), list[i], want[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func sameObject(path string, got any, want map[string]any) error {
	object, ok := got.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: is missing", cmp.Or(path, "the whole"))
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		value, ok := object[name]
		if !ok {
			return fmt.Errorf("%s: is missing", join(path, name))
		}
		if err := sameFields(join(path, name), value, want[name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, ok := want[name]; !ok {
			return fmt.Errorf("%s: there is no such field, or it is empty", join(path, name))
		}
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// check holds the figures against each other.
func (r *Result) check() error {
	var errs []error
	counts := map[string]int64{
		"requests": r.Requests, "successes": r.Successes, "errors": r.Errors, "cutOff": r.CutOff, "connections": r.Connections,
		"warmUpRequests": r.WarmUp,
	}
	var kinds int64
	for kind, n := range r.ErrorsByKind {
		counts["errorsByKind."+string(kind)] = n
		kinds += n
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] < 0 {
			errs = append(errs, fmt.Errorf("%s: %d: allowed: at least 0", name, counts[name]))
		}
	}
	if sum := r.Successes + r.Errors + r.CutOff; r.Requests != sum {
		errs = append(errs, fmt.Errorf("requests: %d: allowed: successes + errors + cutOff, %d", r.Requests, sum))
	}
	if r.Errors != kinds {
		errs = append(errs, fmt.Errorf("errors: %d: allowed: the sum of errorsByKind, %d", r.Errors, kinds))
	}
	if r.Loop != openLoop && r.Loop != closedLoop {
		errs = append(errs, fmt.Errorf("loop: %q: allowed: %s or %s", r.Loop, openLoop, closedLoop))
	}
	for name, v := range map[string]float64{"elapsedSeconds": r.ElapsedSeconds, "durationSeconds": r.DurationSeconds, "cpuSeconds": r.CPUSeconds} {
		if v < 0 {
			errs = append(errs, fmt.Errorf("%s: %v: allowed: at least 0", name, v))
		}
	}
	if most := int(r.ElapsedSeconds) + 2; len(r.Series.Seconds) > most {
		errs = append(errs, fmt.Errorf("series.seconds: %d of them: allowed: at most %d in %v s", len(r.Series.Seconds), most, r.ElapsedSeconds))
	}
	return errors.Join(errs...)
}
