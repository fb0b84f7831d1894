package activeusers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"userscale.dev/userscale/activeusers"
)

// An application asks for its own metrics while it serves one request.
func Example() {
	var users activeusers.InFlight
	mux := http.NewServeMux()
	app := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		fmt.Println(w.Body.String()[:len(`{"active_users":1,`)], "…")
	})

	mux.Handle("/", users.Count(app))
	mux.Handle("GET /metrics", &users)

	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	// Output: {"active_users":1, …
}

// Someone with a session is active until five minutes after the last request.
func ExampleDistinct() {
	users := activeusers.NewDistinct(5*time.Minute, activeusers.Cookie("session"))
	app := users.Count(http.NotFoundHandler())

	for _, session := range []string{"ann", "bob", "ann"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: session})
		app.ServeHTTP(httptest.NewRecorder(), r)
	}
	active, _ := users.Read()
	fmt.Println(active, "users")
	// Output: 2 users
}
