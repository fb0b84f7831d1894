package summary

import (
	"errors"
	"fmt"
	"os"
)

// ErrExpectation says that a program ran to its end and something was not as expected.
var ErrExpectation = errors.New("an expectation was not met")

// Exit ends the program of that name, and tells err, unless it is nil, on stderr. The exit codes are 0 without an error, 1 for
// ErrExpectation, and 2 for any other error, for which the program could not be run.
func Exit(name string, err error) {
	if err == nil {
		os.Exit(0)
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	os.Exit(code(err))
}

func code(err error) int {
	if errors.Is(err, ErrExpectation) {
		return 1
	}
	return 2
}
