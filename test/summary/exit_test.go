package summary

import (
	"errors"
	"fmt"
	"testing"
)

func TestCode(t *testing.T) {
	if got := code(fmt.Errorf("the last phase: %w", ErrExpectation)); got != 1 {
		t.Errorf("an expectation that was not met exits with %d, want 1", got)
	}
	if got := code(errors.New("no such file")); got != 2 {
		t.Errorf("a program that could not be run exits with %d, want 2", got)
	}
}
