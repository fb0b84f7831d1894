package server

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// parameter is a whole number in the query of a request.
type parameter struct {
	name     string
	standard int // where the query does not name it
	max      int // the least is 1
}

// read returns the parameter's value in the query, or a *refusal. Other parameters do not matter.
func (p parameter) read(r *http.Request) (int, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return 0, badParameter("query", r.URL.RawQuery, "a well-formed query")
	}
	values := query[p.name]
	switch len(values) {
	case 0:
		return min(p.standard, p.max), nil
	case 1:
		n, err := strconv.Atoi(values[0])
		if err != nil || n < 1 || n > p.max {
			return 0, badParameter(p.name, values[0], fmt.Sprintf("a whole number from 1 to %d", p.max))
		}
		return n, nil
	default:
		return 0, badParameter(p.name, fmt.Sprint(values), "given once")
	}
}
