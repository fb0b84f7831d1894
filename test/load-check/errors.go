package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"strings"
)

// errors: every request that fails is counted, under the kind that it is, and nothing is counted twice.
func (c *check) errors(ctx context.Context) error {
	const count = 40
	args := []string{"--users", "4", "--count", fmt.Sprint(count), "--timeout"}
	for _, kind := range kinds {
		timeout := "30s" // a busy machine does not take as long
		if kind == "timeout" {
			timeout = "150ms"
		}
		r, err := c.load(ctx, "errors-"+kind, "/broken/"+kind, append(args, timeout)...)
		if err != nil {
			return err
		}
		got := r.ErrorsByKind[kind]
		if kind == "success" {
			got = r.Successes
		}
		c.equal(kind, got, count, "of as many requests")
	}
	r, err := c.load(ctx, "errors-refused", "", append(args, "30s", "--target", "http://"+freePort(ctx))...)
	if err != nil {
		return err
	}
	c.equal("refused", r.ErrorsByKind["refused"], count, "of as many requests")
	full, err := c.load(ctx, "errors-not_sent", "/broken/timeout", "--rate", "100", "--count", fmt.Sprint(count), "--concurrency", "1",
		"--timeout", "10s", "--duration", "1s")
	if err != nil {
		return err
	}
	c.equal("not_sent, where one may be in flight and never ends", full.ErrorsByKind["not_sent"], count-1, "of 40 requests")
	return c.mixedErrors(ctx, append(args, "3s"))
}

// mixedErrors has each kind come in turn, and compares with what the server counted.
func (c *check) mixedErrors(ctx context.Context, args []string) error {
	if _, err := c.server.report(ctx); err != nil {
		return err
	}
	r, err := c.load(ctx, "errors-each", "/broken/each", args...)
	if err != nil {
		return err
	}
	seen, err := c.server.report(ctx)
	if err != nil {
		return err
	}
	sum := r.Successes + r.CutOff
	var differ []string
	for _, kind := range kinds {
		got := r.ErrorsByKind[kind]
		if kind == "success" {
			got = r.Successes
		}
		if got != seen.ByKind[kind] {
			differ = append(differ, fmt.Sprintf("%s: %d, the server did it %d times", kind, got, seen.ByKind[kind]))
		}
	}
	for _, n := range r.ErrorsByKind {
		sum += n
	}
	c.expect(len(differ) == 0, "all kinds in turn, against the server's counts", "the same", cmp.Or(strings.Join(differ, "; "), "the same"), "")
	c.equal("their sum", sum, r.Requests, "requests")
	c.equal("requests that the server saw", seen.Requests, r.Requests, "requests")
	return nil
}

// freePort is an address at which nobody listens.
func freePort(ctx context.Context) string {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:1"
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
