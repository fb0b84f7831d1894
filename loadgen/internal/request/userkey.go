package request

import (
	"net/http"
	"strconv"
)

// UserKey is how a request tells whose it is. The demo workload counts distinct users by it.
type UserKey string

// The user keys. A key's value is user-N, the same for all requests of user N.
const (
	NoKey     UserKey = "none"
	HeaderKey UserKey = "header" // X-User-ID: user-N
	CookieKey UserKey = "cookie" // Cookie: user_id=user-N
)

var agent = []string{"userscale-loadgen"}

// header returns the headers of a request of a user.
func (k UserKey) header(user int) http.Header {
	h := http.Header{"User-Agent": agent}
	switch k {
	case HeaderKey:
		h["X-User-Id"] = []string{"user-" + strconv.Itoa(user)}
	case CookieKey:
		h["Cookie"] = []string{"user_id=user-" + strconv.Itoa(user)}
	}
	return h
}
