package activeusers

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

const (
	jsonBody = `{"active_users":%d,"active_user_seconds_total":%s}` + "\n"
	textBody = `# HELP active_users Users who are active now.
# TYPE active_users gauge
active_users %d
# HELP active_user_seconds_total Time integral of active_users since the start.
# TYPE active_user_seconds_total counter
active_user_seconds_total %s
`
)

func report(w http.ResponseWriter, r *http.Request, active int, userSeconds float64) {
	contentType, body := "application/json", jsonBody
	if prefersText(r.Header.Get("Accept")) {
		contentType, body = "text/plain; version=0.0.4; charset=utf-8", textBody
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Accept")
	// A client that is gone by now does not matter.
	_, _ = fmt.Fprintf(w, body, active, strconv.FormatFloat(userSeconds, 'f', -1, 64))
}

// prefersText reports whether the client would rather have one of Prometheus' formats than JSON, which is for all who do not care.
// Whoever asks for Prometheus' other formats reads text, too.
func prefersText(accept string) bool {
	var text, json quality
	for clause := range strings.SplitSeq(accept, ",") {
		media, params, err := mime.ParseMediaType(clause)
		if err != nil {
			continue
		}
		weight := 1.0
		if q, ok := params["q"]; ok {
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		switch media {
		case "text/plain", "application/openmetrics-text", "application/vnd.google.protobuf":
			text.take(3, weight)
		case "application/json":
			json.take(3, weight)
		case "text/*":
			text.take(2, weight)
		case "application/*":
			json.take(2, weight)
		case "*/*":
			text.take(1, weight)
			json.take(1, weight)
		}
	}
	return text.weight > json.weight
}

// quality is how much a client wants something: the greatest weight among those of its clauses that name it most precisely.
type quality struct {
	precision int
	weight    float64
}

func (q *quality) take(precision int, weight float64) {
	if precision > q.precision || precision == q.precision && weight > q.weight {
		q.precision, q.weight = precision, weight
	}
}
