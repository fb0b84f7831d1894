//go:build linux

// Package dl calls functions of shared libraries that may not be there, without cgo.
package dl

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/ebitengine/purego"
)

// Library is a loaded shared library. It stays loaded: drivers have threads of their own.
type Library struct {
	name   string
	handle uintptr
}

// Open loads the first of the files that is there. A name without a slash is looked for where the dynamic linker looks.
func Open(files []string) (Library, error) {
	for _, file := range files {
		handle, err := purego.Dlopen(file, purego.RTLD_NOW|purego.RTLD_LOCAL)
		if err == nil {
			return Library{file, handle}, nil
		}
		// Another file than this one may be what is missing, or it is there and not a library for this machine.
		if !strings.HasPrefix(err.Error(), file+": cannot open shared object file: No such file") {
			return Library{}, fmt.Errorf("loading %s: %w", file, err)
		}
	}
	return Library{}, fmt.Errorf("there is none of %s", strings.Join(files, ", "))
}

// Bind sets the fields of the struct that table points to. Each is a function whose tag `c` names the library's function, with Go's types
// for its parameters, and which returns an error: nil if the library's function returns 0, otherwise what explain makes of that code,
// after the function's name. A function that the library lacks is an error.
func (l Library) Bind(table any, explain func(code int32) error) error {
	functions := reflect.ValueOf(table).Elem()
	var missing []string
	for i := range functions.NumField() {
		name := functions.Type().Field(i).Tag.Get("c")
		address, err := purego.Dlsym(l.handle, name)
		if err != nil {
			missing = append(missing, name)
			continue
		}
		field := functions.Field(i)
		field.Set(function(name, address, field.Type(), explain))
	}
	if missing != nil {
		return fmt.Errorf("%s is too old: it lacks %s", l.name, strings.Join(missing, ", "))
	}
	return nil
}

// function returns a function of type t, whose only result is an error, that calls the C function at the address.
func function(name string, address uintptr, t reflect.Type, explain func(int32) error) reflect.Value {
	var parameters []reflect.Type
	for p := range t.Ins() {
		parameters = append(parameters, p)
	}
	c := reflect.New(reflect.FuncOf(parameters, []reflect.Type{reflect.TypeFor[int32]()}, false))
	purego.RegisterFunc(c.Interface(), address)
	return reflect.MakeFunc(t, func(arguments []reflect.Value) []reflect.Value {
		result := reflect.New(t.Out(0)).Elem()
		if code := int32(c.Elem().Call(arguments)[0].Int()); code != 0 {
			result.Set(reflect.ValueOf(fmt.Errorf("%s: %w", name, explain(code))))
		}
		return []reflect.Value{result}
	})
}

// Lookup returns the address of a function, for one that does not return a code.
func (l Library) Lookup(name string) (uintptr, error) {
	address, err := purego.Dlsym(l.handle, name)
	if err != nil {
		return 0, fmt.Errorf("%s is too old: it lacks %s", l.name, name)
	}
	return address, nil
}
