package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"
	"time"

	"userscale.dev/userscale/pkg/sample"
)

// The bounds of bodies in memory. A body may have up to BodyLimit bytes, and most have few: of those with more than smallBody no more
// than largeBodies are held at a time, and further ones wait for their turn, within their own time. So n requests at once hold at most
// n·smallBody + largeBodies·BodyLimit, and pods that send large bodies, or stop in the midst of one, are in the way of each other only.
const (
	BodyLimit   = 1 << 20 // bytes
	smallBody   = 32 << 10
	largeBodies = 16
)

// The buffers have a byte to spare, which tells a body at the limit from one over it.
type (
	smallBuffer [smallBody + 1]byte
	largeBuffer [BodyLimit + 1]byte
)

var (
	smallBuffers = sync.Pool{New: func() any { return new(smallBuffer) }}
	largeBuffers = sync.Pool{New: func() any { return new(largeBuffer) }}
)

// Page is a pod's answer.
type Page struct {
	ContentType string
	Body        []byte // not to be used after Release
	// Time is the middle of the request, from sending to the first byte of the answer: the page was made somewhere in between, so
	// that this is at most half a round trip off.
	Time time.Time
	URL  *url.URL // what was asked for

	client *Client // whose large is held, if any
	small  *smallBuffer
	large  *largeBuffer
}

// Release gives the page's memory back.
func (p *Page) Release() {
	if p.small != nil {
		smallBuffers.Put(p.small)
	}
	if p.large != nil {
		largeBuffers.Put(p.large)
		p.client.large.Release(1)
	}
	*p = Page{}
}

// read takes in the body. The page holds buffers afterwards, also where it fails.
func (c *Client) read(ctx context.Context, body io.Reader, p *Page) error {
	p.small = smallBuffers.Get().(*smallBuffer)
	n, err := fill(body, p.small[:])
	if err != nil || n <= smallBody {
		p.Body = p.small[:n]
		return err
	}
	if err := c.large.Acquire(ctx, 1); err != nil {
		return fmt.Errorf("wait for room for a body over %d bytes: %w", smallBody, err)
	}
	p.client, p.large = c, largeBuffers.Get().(*largeBuffer)
	copy(p.large[:], p.small[:])
	smallBuffers.Put(p.small)
	p.small = nil
	more, err := fill(body, p.large[n:])
	if err != nil {
		return err
	}
	if n+more > BodyLimit {
		return sample.Refuse(sample.ReasonTooLarge, "body over %d bytes", BodyLimit)
	}
	p.Body = p.large[:n+more]
	return nil
}

// fill reads until the buffer is full or the body ends.
func fill(body io.Reader, buffer []byte) (int, error) {
	for n := 0; ; {
		m, err := body.Read(buffer[n:])
		n += m
		switch {
		case n == len(buffer), errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return n, fmt.Errorf("read body after %d bytes: %w", n, err)
		}
	}
}
