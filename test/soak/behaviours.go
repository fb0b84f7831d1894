package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// behaviour is something that clients do. It returns an error if the workload does not behave.
type behaviour struct {
	name   string
	weight int
	act    func(*visitor) error
}

var behaviours = []behaviour{
	// Right.
	{"matrix", 10, func(v *visitor) error {
		for range 1 + v.random.IntN(4) { // over one connection
			v.ask(fmt.Sprint("/matrix?size=", 1+v.random.IntN(130)), v.key())
			if _, err := v.answer(200, 503); err != nil {
				return err
			}
		}
		return nil
	}},
	{"stream", 10, func(v *visitor) error {
		accept := []string{"*/*", "text/event-stream"}[v.random.IntN(2)]
		v.ask(fmt.Sprint("/stream?duration_ms=", 1+v.random.IntN(3000)), v.key(), "Accept: "+accept)
		body, err := v.answer(200)
		if err == nil && !strings.HasSuffix(strings.TrimSpace(body), `"done":true}`) {
			err = fmt.Errorf("a stream without its end: %q", body)
		}
		return err
	}},
	{"GPU job", 5, func(v *visitor) error {
		v.ask(fmt.Sprint("/gpu_job?work_ms=", 1+v.random.IntN(40)), v.key())
		_, err := v.answer(200, 503)
		return err
	}},
	{"probe", 3, func(v *visitor) error {
		v.ask([]string{"/healthz", "/metrics"}[v.random.IntN(2)], []string{"X-A: b", "Accept: text/plain"}[v.random.IntN(2)])
		_, err := v.answer(200)
		return err
	}},

	// Wrong, and told so.
	{"bad parameter", 8, func(v *visitor) error {
		name := []string{"/matrix?size=", "/stream?duration_ms=", "/gpu_job?work_ms="}[v.random.IntN(3)]
		v.ask(name+[]string{"0", "-1", "1e9", "", "99999999999999999999", "%zz", "0x10", "1&" + name[strings.Index(name, "?")+1:] + "2"}[v.random.IntN(8)], v.key())
		_, err := v.answer(400)
		return err
	}},
	{"bad path or method", 3, func(v *visitor) error {
		if v.random.IntN(2) == 0 {
			v.ask("/nowhere")
			_, err := v.answer(404)
			return err
		}
		v.send("DELETE /matrix HTTP/1.1\r\nHost: workload\r\n\r\n")
		_, err := v.answer(405)
		return err
	}},
	{"body that never comes", 5, func(v *visitor) error {
		v.ask("/stream?duration_ms=1000", []string{"Content-Length: 1000", "Transfer-Encoding: chunked"}[v.random.IntN(2)])
		_, err := v.answer(400)
		return errors.Join(err, v.closed())
	}},
	{"huge header", 2, func(v *visitor) error {
		v.ask("/matrix", "X-User-ID: "+strings.Repeat("x", 100<<10))
		return v.closed() // 431, unless the reset overtakes it
	}},
	{"garbage", 5, func(v *visitor) error {
		v.send("%s\r\n\r\n", noise(v.random))
		return v.closed()
	}},

	// Gone.
	{"leaves in the middle", 10, func(v *visitor) error {
		v.ask([]string{"/matrix?size=1000", "/stream?duration_ms=600000", "/gpu_job?work_ms=60000"}[v.random.IntN(3)], v.key())
		v.wait(time.Second)
		return nil
	}},
	{"half closes", 5, func(v *visitor) error {
		v.ask([]string{"/stream?duration_ms=600000", "/gpu_job?work_ms=60000"}[v.random.IntN(2)], v.key())
		v.wait(time.Second)
		_ = v.conn.CloseWrite()
		return v.closed()
	}},
	{"asks many times and leaves", 2, func(v *visitor) error {
		v.send("%s", strings.Repeat("GET /matrix?size=20 HTTP/1.1\r\nHost: workload\r\n\r\n", 20))
		v.wait(100 * time.Millisecond)
		return nil
	}},
	{"says nothing", 3, func(v *visitor) error {
		v.wait(4 * time.Second)
		return nil
	}},

	// Slow.
	{"header that never ends", 5, func(v *visitor) error {
		v.send("GET /matrix HTTP/1.1\r\nX-Slow: ")
		for range 4 {
			v.wait(time.Second)
			v.send("x")
		}
		return v.closed()
	}},
	{"does not read", 5, func(v *visitor) error {
		_ = v.conn.SetReadBuffer(1)
		v.ask([]string{"/stream?duration_ms=2000", "/metrics", "/matrix"}[v.random.IntN(3)], v.key())
		v.wait(5 * time.Second)
		return nil
	}},
}

// noise is bytes that might begin a request.
func noise(random *rand.Rand) string {
	const bytes = "GET / HTTP/1.1\r\n:%\x00\xff\x80{}ABC\t"
	var s strings.Builder
	for range 1 + random.IntN(200) {
		s.WriteByte(bytes[random.IntN(len(bytes))])
	}
	return s.String()
}

// draw picks a behaviour by its weight.
func draw(random *rand.Rand) behaviour {
	total := 0
	for _, b := range behaviours {
		total += b.weight
	}
	n := random.IntN(total)
	for _, b := range behaviours {
		if n -= b.weight; n < 0 {
			return b
		}
	}
	panic("the weights add up")
}
