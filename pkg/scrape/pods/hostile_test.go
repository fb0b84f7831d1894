package pods

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"strings"

	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/pkg/scrape/fetch"
)

// hostile is a pod that speaks for itself on a connection, after a request has come.
type hostile struct {
	reason sample.Reason // what it has to be refused for; empty: it is fine
	speak  func(net.Conn)
}

// sends writes some texts and hangs up.
func sends(texts ...string) func(net.Conn) {
	all := []byte(strings.Join(texts, "")) // once, and not for each connection
	return func(c net.Conn) { c.Write(all) }
}

// endlessly repeats a text after another until nobody listens.
func endlessly(first, again string) func(net.Conn) {
	begin, more := []byte(first), []byte(again)
	return func(c net.Conn) {
		_, err := c.Write(begin)
		for err == nil {
			_, err = c.Write(more)
		}
	}
}

// thenWaits writes a text, and then holds the line until the other side hangs up.
func thenWaits(text string) func(net.Conn) {
	all := []byte(text)
	return func(c net.Conn) {
		c.Write(all)
		var err error
		for ignored := make([]byte, 16); err == nil; {
			_, err = c.Read(ignored)
		}
	}
}

func answersJSON(body string) func(net.Conn) {
	return sends(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
}

func answersText(body string) func(net.Conn) {
	return sends(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: %d\r\n\r\n", len(body)), body)
}

func zipped(text string) string {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	io.WriteString(w, text)
	w.Close()
	return packed.String()
}

// bomb has 100 MiB. They are packed one by one, for packed texts in a row are one packed text, and packing takes the race detector long.
func bomb() string {
	return zipped(good) + strings.Repeat(zipped(strings.Repeat(" ", 1<<20)), 100)
}

const (
	head     = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	headText = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
	good     = `{"active_users": 5}`
)

// hostiles are all kinds of pods that do not answer as they should, and a few that do so oddly and are fine.
func hostiles(elsewhere string) map[string]hostile {
	megabyte := strings.Repeat(" ", 1<<20)
	packed := bomb()
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 1<<16, strings.Repeat(" ", 1<<16))
	var many strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&many, "active_users{user=\"%d\"} 1\n", i)
	}
	some, _, _ := strings.Cut(many.String(), "active_users{user=\"30000\"}")
	return map[string]hostile{
		"endless body":            {sample.ReasonTooLarge, endlessly(head+"Transfer-Encoding: chunked\r\n\r\n", chunk)},
		"endless text":            {sample.ReasonTooLarge, endlessly(headText+"\r\n", strings.Repeat("active_users 1\n", 1000))},
		"100 MB body":             {sample.ReasonTooLarge, endlessly(head+"Content-Length: 104857600\r\n\r\n", megabyte)},
		"slow header":             {sample.ReasonTimeout, thenWaits("HTTP/1.1 200 OK\r\nContent-Ty")},
		"no answer":               {sample.ReasonTimeout, thenWaits("")},
		"slow body":               {sample.ReasonTimeout, thenWaits(head + "Content-Length: 100\r\n\r\n{\"active_users\":")},
		"slow large body":         {sample.ReasonTimeout, thenWaits(head + "Content-Length: 1000000\r\n\r\n" + megabyte[:100_000])},
		"gzip bomb":               {sample.ReasonMalformed, sends(head+"Content-Encoding: gzip\r\n\r\n", packed)},
		"gzip bomb unsaid":        {sample.ReasonMalformed, sends(head+"\r\n", packed)},
		"redirect":                {sample.ReasonStatus, sends("HTTP/1.1 302 Found\r\nLocation: " + elsewhere + "\r\nContent-Length: 0\r\n\r\n")},
		"permanent redirect":      {sample.ReasonStatus, sends("HTTP/1.1 308 Permanent Redirect\r\nLocation: " + elsewhere + "\r\nContent-Length: 0\r\n\r\n")},
		"refresh":                 {"", sends(head + "Refresh: 0; url=" + elsewhere + "\r\nContent-Length: 19\r\n\r\n" + good)},
		"wrong type":              {sample.ReasonMalformed, sends("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 19\r\n\r\n" + good)},
		"no type":                 {sample.ReasonMalformed, sends("HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n" + good)},
		"100,000 series":          {sample.ReasonTooLarge, answersText(many.String())},
		"30,000 series":           {"", answersText(some)},
		"blank lines":             {sample.ReasonMalformed, answersText(strings.Repeat("\n", fetch.BodyLimit))},
		"empty protobuf families": {sample.ReasonMalformed, sends("HTTP/1.0 200 OK\r\nContent-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited\r\n\r\n", strings.Repeat("\x00", fetch.BodyLimit))},
		"invalid UTF-8":           {sample.ReasonMalformed, answersText("active_users 5\nv{a=\"\xff\"} 1\n")},
		"invalid UTF-8 in JSON":   {sample.ReasonMalformed, answersJSON("{\"active_users\": 5, \"v\": \"\xff\"}")},
		"NaN":                     {sample.ReasonOutOfRange, answersText("active_users NaN\n")},
		"+Inf":                    {sample.ReasonOutOfRange, answersText("active_users +Inf\n")},
		"-Inf":                    {sample.ReasonOutOfRange, answersText("active_users -Inf\n")},
		"negative":                {sample.ReasonOutOfRange, answersText("active_users{a=\"1\"} -1\nactive_users{a=\"2\"} 6\n")},
		"overflow":                {sample.ReasonMalformed, answersText("active_users 1e309\n")},
		"overflowing sum":         {sample.ReasonOutOfRange, answersText("active_users{a=\"1\"} 1e308\nactive_users{a=\"2\"} 1e308\n")},
		"1e308":                   {"", answersText("active_users 1e308\n")}, // a number; the metric's range is the store's to apply
		"JSON NaN":                {sample.ReasonMalformed, answersJSON(`{"active_users": NaN}`)},
		"JSON overflow":           {sample.ReasonOutOfRange, answersJSON(`{"active_users": 1e999}`)},
		"JSON negative":           {sample.ReasonOutOfRange, answersJSON(`{"active_users": -5}`)},
		"JSON nested deep":        {sample.ReasonMalformed, answersJSON(strings.Repeat("[", fetch.BodyLimit))},
		"connection reset":        {sample.ReasonConnection, func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }},
		"reset in the body": {sample.ReasonConnection, func(c net.Conn) {
			io.WriteString(c, head+"Content-Length: 100\r\n\r\n{")
			c.(*net.TCPConn).SetLinger(0)
		}},
		"hangs up":                 {sample.ReasonConnection, func(net.Conn) {}},
		"not HTTP":                 {sample.ReasonConnection, sends("SSH-2.0-OpenSSH_9.7\r\n")},
		"HTTP 500":                 {sample.ReasonStatus, sends("HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n" + good)},
		"HTTP 204":                 {sample.ReasonStatus, sends("HTTP/1.1 204 No Content\r\n\r\n")},
		"HTTP 206":                 {sample.ReasonStatus, sends("HTTP/1.1 206 Partial Content\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n" + good)},
		"header of megabytes":      {sample.ReasonConnection, endlessly(head+"X-Large: ", megabyte)},
		"many headers":             {sample.ReasonConnection, endlessly(head, "X-Many: 1\r\n")},
		"HTTP/1.0 without length":  {"", sends("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + good)},
		"HTTP/1.0 cut off":         {sample.ReasonMalformed, sends("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nactive_users 5\nv 1")},
		"length too long":          {sample.ReasonConnection, sends(head + "Content-Length: 1000\r\n\r\n" + good)},
		"length too short":         {sample.ReasonMalformed, sends(head + "Content-Length: 18\r\n\r\n" + good)},
		"length twice":             {sample.ReasonConnection, sends(head + "Content-Length: 19\r\nContent-Length: 20\r\n\r\n" + good)},
		"negative length":          {sample.ReasonConnection, sends(head + "Content-Length: -1\r\n\r\n" + good)},
		"101":                      {sample.ReasonStatus, thenWaits("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")},
		"flood of 103":             {sample.ReasonConnection, endlessly("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")},
		"flood of 100":             {sample.ReasonConnection, endlessly("", "HTTP/1.1 100 Continue\r\n\r\n")},
		"a few 103":                {"", sends(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 3) + head + "Content-Length: 19\r\n\r\n" + good)},
		"second answer":            {"", sends(head + "Content-Length: 19\r\n\r\n" + good + head + "Content-Length: 20\r\n\r\n" + `{"active_users": 99}`)},
		"endless trailer":          {sample.ReasonConnection, endlessly(head+"Transfer-Encoding: chunked\r\n\r\n13\r\n"+good+"\r\n0\r\n", "X-Trailer: 1\r\n")},
		"endless chunk extensions": {sample.ReasonConnection, endlessly(head+"Transfer-Encoding: chunked\r\n\r\n13;", "extension=1;")},
	}
}
