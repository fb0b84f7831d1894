package server

import (
	"cmp"
	"net/http"

	"userscale.dev/userscale/activeusers"
)

var (
	headerKey = activeusers.Header("X-User-ID")
	cookieKey = activeusers.Cookie("user_id")
)

// userKey is what tells users apart: the header, or else the cookie; empty where there is neither.
func userKey(r *http.Request) string {
	return cmp.Or(headerKey(r), cookieKey(r))
}
