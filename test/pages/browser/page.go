package browser

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// reader cuts a stream into messages.
type reader struct{ buffered *bufio.Reader }

func newReader(r io.Reader) reader { return reader{bufio.NewReaderSize(r, 1<<20)} }

func (r reader) next() ([]byte, error) {
	text, err := r.buffered.ReadBytes(0)
	if err != nil {
		return nil, err
	}
	return text[:len(text)-1], nil
}

// Page is one open page.
type Page struct {
	browser *Browser
	session string
}

// Open opens url, and waits until it has been loaded and its scripts have run.
func (b *Browser) Open(ctx context.Context, url string, width, height int) (*Page, error) {
	var target struct {
		ID string `json:"targetId"`
	}
	if err := b.call(ctx, "", "Target.createTarget", map[string]any{"url": "about:blank"}, &target); err != nil {
		return nil, err
	}
	var attached struct {
		Session string `json:"sessionId"`
	}
	if err := b.call(ctx, "", "Target.attachToTarget", map[string]any{"targetId": target.ID, "flatten": true}, &attached); err != nil {
		return nil, err
	}
	p := &Page{b, attached.Session}
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		if err := p.call(ctx, domain+".enable", nil, nil); err != nil {
			return nil, err
		}
	}
	if err := p.Resize(ctx, width, height); err != nil {
		return nil, err
	}
	if err := p.call(ctx, "Page.navigate", map[string]any{"url": url}, nil); err != nil {
		return nil, err
	}
	return p, p.WaitFor(ctx, `document.readyState === "complete" && location.href !== "about:blank"`)
}

func (p *Page) call(ctx context.Context, method string, params, result any) error {
	return p.browser.call(ctx, p.session, method, params, result)
}

// Resize makes the window as large as that.
func (p *Page) Resize(ctx context.Context, width, height int) error {
	return p.call(ctx, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// Evaluate runs JavaScript in the page, waits for its promise if it makes one, and reads its value into result.
func (p *Page) Evaluate(ctx context.Context, script string, result any) error {
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	if err := p.call(ctx, "Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}, &answer); err != nil {
		return err
	}
	if e := answer.Exception; e != nil {
		return fmt.Errorf("%.80s: %s %s", script, e.Text, e.Exception.Description)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(answer.Result.Value, result)
}

// WaitFor waits until a JavaScript condition holds.
func (p *Page) WaitFor(ctx context.Context, condition string) error {
	for {
		holds := false
		if err := p.Evaluate(ctx, "Boolean("+condition+")", &holds); err != nil {
			return err
		}
		if holds {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", condition, ctx.Err())
		}
	}
}

// Mouse does what an event of Input.dispatchMouseEvent says: mouseMoved, mousePressed or mouseReleased, with so many clicks.
func (p *Page) Mouse(ctx context.Context, kind string, x, y float64, clicks int) error {
	button := "none"
	if clicks > 0 {
		button = "left"
	}
	return p.call(ctx, "Input.dispatchMouseEvent", map[string]any{"type": kind, "x": x, "y": y, "button": button, "clickCount": clicks}, nil)
}

// ColorScheme makes the page believe that people prefer light or dark.
func (p *Page) ColorScheme(ctx context.Context, scheme string) error {
	return p.call(ctx, "Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// Screenshot is the page as a PNG, from its top down to so many pixels.
func (p *Page) Screenshot(ctx context.Context, width, height float64) ([]byte, error) {
	clip := map[string]any{"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
	return p.file(ctx, "Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true, "clip": clip})
}

// PDF is the page as it is printed.
func (p *Page) PDF(ctx context.Context) ([]byte, error) {
	return p.file(ctx, "Page.printToPDF", map[string]any{"printBackground": true})
}

func (p *Page) file(ctx context.Context, method string, params any) ([]byte, error) {
	var answer struct {
		Data string `json:"data"`
	}
	if err := p.call(ctx, method, params, &answer); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(answer.Data)
}

// Complaints are the page's errors and warnings so far: exceptions, what it wrote to the console, what its policy forbade, dialogs.
func (p *Page) Complaints() []string {
	return p.eventsOf(func(method, _ string) bool {
		switch method {
		case "Runtime.exceptionThrown", "Page.javascriptDialogOpening", "Runtime.consoleAPICalled", "Log.entryAdded":
			return true
		}
		return false
	})
}

// Requests are all that the page asked for so far but itself; data in an address is none.
func (p *Page) Requests() []string {
	documents := 0
	return p.eventsOf(func(method, params string) bool {
		if method != "Network.requestWillBeSent" && method != "Network.webSocketCreated" || strings.Contains(params, `"url":"data:`) {
			return false
		}
		if strings.Contains(params, `"type":"Document"`) && strings.Contains(params, `"url":"file://`) {
			documents++
			return documents > 1
		}
		return true
	})
}

func (p *Page) eventsOf(wanted func(method, params string) bool) []string {
	p.browser.mu.Lock()
	defer p.browser.mu.Unlock()
	var found []string
	for _, m := range p.browser.events[p.session] {
		params, err := json.Marshal(m.Params)
		if err == nil && wanted(m.Method, string(params)) {
			found = append(found, fmt.Sprintf("%s %.400s", m.Method, params))
		}
	}
	return found
}
