package server

import (
	"cmp"
	"net/http"

	"userscale.dev/userscale/activeusers"
)

// userKey is what tells users apart: the header, or else the cookie; empty where there is neither.
func userKey(r *http.Request) string {
	return cmp.Or(activeusers.Header("X-User-ID")(r), activeusers.Cookie("user_id")(r))
}
