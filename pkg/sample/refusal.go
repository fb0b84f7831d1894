package sample

import "fmt"

// Refusal is an error that knows the Reason for which there is no value.
type Refusal struct {
	Reason Reason
	Err    error
}

// Error is what was tried and what happened, without the reason's name.
func (r *Refusal) Error() string { return r.Err.Error() }

// Unwrap returns the error itself.
func (r *Refusal) Unwrap() error { return r.Err }

// Refuse makes a Refusal, its error as fmt.Errorf does.
func Refuse(reason Reason, format string, args ...any) error {
	return &Refusal{reason, fmt.Errorf(format, args...)}
}
