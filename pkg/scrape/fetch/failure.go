package fetch

import (
	"context"
	"errors"
	"net"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"userscale.dev/userscale/pkg/sample"
)

// errorLimit bounds what is kept of an error's text, in bytes, for it may quote what the pod sent.
const errorLimit = 400

// Failure is what an error of Get, or of reading its page, means for the pod. The error's text is kept, in bounds, and nothing else of it.
func Failure(pod types.UID, err error) sample.Failure {
	text := err.Error()
	if len(text) > errorLimit {
		text = text[:errorLimit] + "..."
	}
	return sample.Failure{Pod: pod, Reason: ReasonOf(err), Err: errors.New(strings.ToValidUTF8(text, "?"))}
}

// ReasonOf sorts an error into the closed set of reasons. What says nothing else of itself happened on the connection.
func ReasonOf(err error) sample.Reason {
	var r *sample.Refusal
	var timeout net.Error
	switch {
	case errors.As(err, &r):
		return r.Reason
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return sample.ReasonTimeout
	default:
		return sample.ReasonConnection
	}
}
