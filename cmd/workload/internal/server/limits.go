package server

import (
	"fmt"
	"net/http"
	"time"
)

// What a client may take of the server's time and memory without asking for work. See Run for the others.
const (
	headerTimeout = 5 * time.Second // from the connection to the request's last header
	bodyTimeout   = time.Second     // to send a body that nobody wants
	writeTimeout  = 10 * time.Second
	idleTimeout   = 2 * time.Minute // between two requests
	maxHeader     = 64 << 10        // bytes
)

// allowWrite gives the client writeTimeout, from now on, to take what is written next. Without it, the time runs from the request's
// arrival, and a request may be at work for longer.
func allowWrite(w http.ResponseWriter) {
	// The only error is that of a writer without a connection, which needs no deadline.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout))
}

// withoutBody refuses requests that have a body. No endpoint reads one, and as long as it has not come, net/http would not notice that the
// client is gone, and wait for it before the answer.
func withoutBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 {
			next.ServeHTTP(w, r)
			return
		}
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTimeout)) // as in allowWrite
		w.Header().Set("Connection", "close")
		length := "of unknown length"
		if r.ContentLength > 0 {
			length = fmt.Sprintf("of %d bytes", r.ContentLength)
		}
		badParameter("body", length, "absent").send(w)
	})
}
