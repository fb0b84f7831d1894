package server

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

const jsonType = "application/json"

// refusal is an answer that says why there is no other.
type refusal struct {
	Status     int           `json:"-"`
	RetryAfter time.Duration `json:"-"` // zero: no such header
	Message    string        `json:"error"`
	Field      string        `json:"field,omitempty"`
	Value      string        `json:"value,omitempty"`
	Allowed    string        `json:"allowed,omitempty"`
}

// badParameter refuses the value of a parameter.
func badParameter(field, value, allowed string) *refusal {
	return &refusal{
		Status:  http.StatusBadRequest,
		Message: fmt.Sprintf("%s: %q is not allowed, must be %s", field, value, allowed),
		Field:   field,
		Value:   value,
		Allowed: allowed,
	}
}

// Error implements error.
func (r *refusal) Error() string {
	return r.Message
}

func (r *refusal) send(w http.ResponseWriter) {
	if r.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(r.RetryAfter.Seconds()))))
	}
	sendJSON(w, r.Status, r)
}

// sendJSON answers with a value. A client that is gone by now does not matter.
func sendJSON(w http.ResponseWriter, status int, value any) {
	allowWrite(w)
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// milliseconds is the duration as a number for JSON.
func milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}
