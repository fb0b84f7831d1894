// Command go is an application that exposes its active users. Its only answer comes after ?duration_ms=.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"userscale.dev/userscale/activeusers"
)

func main() {
	var users activeusers.InFlight
	http.Handle("/", users.Count(http.HandlerFunc(app)))
	http.Handle("GET /metrics", &users)

	address := net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT"))
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Listening on", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

func app(w http.ResponseWriter, r *http.Request) {
	wait, err := time.ParseDuration("0" + r.FormValue("duration_ms") + "ms")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	select {
	case <-r.Context().Done():
	case <-time.After(wait):
		fmt.Fprintln(w, "hello")
	}
}
