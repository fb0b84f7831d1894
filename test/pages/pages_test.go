// Package pages opens the project's pages in a real browser that has no network.
package pages

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"userscale.dev/userscale/picture"
	"userscale.dev/userscale/test/pages/browser"
)

var update = flag.Bool("update", false, "put the screenshots into docs/")

// out is where screenshots and pages go; they stay, to be looked at.
const out = "../../out/pages"

// patience bounds one test; nothing takes nearly as long.
const patience = 3 * time.Minute

func open(t *testing.T) (context.Context, *browser.Browser) {
	t.Helper()
	path, err := browser.Find()
	if err != nil {
		t.Skip(err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	dir := t.TempDir()
	b, err := browser.Start(path, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := b.Stop(ctx); err != nil {
			t.Logf("stop the browser: %v", err)
		}
	})
	return ctx, b
}

// write renders a picture and returns the page's address.
func write(t *testing.T, name string, p *picture.Picture) string {
	t.Helper()
	var page bytes.Buffer
	if err := p.WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	return keep(t, name+".html", page.Bytes())
}

func keep(t *testing.T, name string, body []byte) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(out, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, body, 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// quiet checks that the page asked for nothing and complained of nothing.
func quiet(t *testing.T, p *browser.Page) {
	t.Helper()
	if requests := p.Requests(); len(requests) > 0 {
		t.Errorf("the page asked for %q", requests)
	}
	if complaints := p.Complaints(); len(complaints) > 0 {
		t.Errorf("the page complained: %q", complaints)
	}
}

// drawn checks that every panel has coloured ink in it.
func drawn(ctx context.Context, t *testing.T, p *browser.Page, panels int) {
	t.Helper()
	var found []struct {
		Title string
		Ink   int
	}
	must(t, p.Evaluate(ctx, `[...document.querySelectorAll('.plot')].map(plot => {
		const canvas = plot.querySelector('canvas'), copy = document.createElement('canvas');
		[copy.width, copy.height] = [canvas.width, canvas.height];
		const context = copy.getContext('2d', {willReadFrequently: true});
		context.drawImage(canvas, 0, 0);
		const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
		let ink = 0;
		for (let i = 0; i < data.length; i += 4) {
			const [r, g, b, a] = data.slice(i, i + 4);
			if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 60) ink++;
		}
		return {title: plot.ariaLabel, ink};
	})`, &found))
	if len(found) != panels {
		t.Errorf("%d panels, want %d", len(found), panels)
	}
	for _, f := range found {
		if f.Ink < 200 {
			t.Errorf("panel %s: %d coloured pixels, so no curve", f.Title, f.Ink)
		}
	}
}

// screenshot takes the header and the panels.
func screenshot(ctx context.Context, t *testing.T, p *browser.Page, name string) []byte {
	t.Helper()
	var size [2]float64
	must(t, p.Evaluate(ctx, `(() => {
		const last = [...document.querySelectorAll('.panel')].pop().getBoundingClientRect();
		return [innerWidth, Math.ceil(last.bottom + scrollY + 8)];
	})()`, &size))
	png, err := p.Screenshot(ctx, size[0], size[1])
	must(t, err)
	keep(t, name+".png", png)
	return png
}

// demo is a recorded run of the demo, as its timeline.json has it.
func demo(t *testing.T) *picture.Picture {
	t.Helper()
	text, err := os.ReadFile("testdata/demo.json")
	must(t, err)
	p := &picture.Picture{}
	must(t, json.Unmarshal(text, p))
	return p
}

func TestDemo(t *testing.T) {
	ctx, b := open(t)
	recorded := demo(t)
	page, err := b.Open(ctx, write(t, "demo", recorded), 1200, 900)
	must(t, err)
	drawn(ctx, t, page, len(recorded.Panels))
	light := screenshot(ctx, t, page, "demo-light")

	// At the HPA's first decision its reason shows, and the values there in all panels.
	replicas := len(recorded.Panels) - 1
	first := recorded.Panels[replicas].Events[0]
	x, y := place(ctx, t, page, replicas, first.At)
	must(t, page.Mouse(ctx, "mouseMoved", x, y, 0))
	var tip string
	must(t, page.WaitFor(ctx, `document.querySelector('.tip:not([hidden])')`))
	must(t, page.Evaluate(ctx, `document.querySelector('.tip:not([hidden])').innerText`, &tip))
	if !strings.Contains(tip, first.Name) || !strings.Contains(tip, strings.Split(first.Text, "\n")[0]) {
		t.Errorf("at the decision %s: %q the page tells %q", first.Name, first.Text, tip)
	}
	var values []string
	must(t, page.Evaluate(ctx, `[...document.querySelectorAll('.u-legend .u-series:not(.unlisted) .u-value')].map(v => v.textContent)`, &values))
	shown := 0
	for _, v := range values {
		if v != "–" && v != "--" {
			shown++
		}
	}
	if shown < len(values)/2 || shown == 0 {
		t.Errorf("values at the cursor: %q", values)
	}
	var cursor string
	must(t, page.Evaluate(ctx, `document.getElementById('cursor').innerText`, &cursor))
	if !strings.Contains(cursor, "UTC") || !strings.Contains(cursor, recorded.Phases[2].Name) {
		t.Errorf("the line at the top tells %q, want the time and the phase %s", cursor, recorded.Phases[2].Name)
	}
	screenshot(ctx, t, page, "demo-hover")

	must(t, page.ColorScheme(ctx, "dark"))
	must(t, page.WaitFor(ctx, `getComputedStyle(document.body).backgroundColor === 'rgb(20, 24, 28)'`))
	must(t, page.Evaluate(ctx, `new Promise(requestAnimationFrame)`, nil))
	drawn(ctx, t, page, len(recorded.Panels))
	if dark := screenshot(ctx, t, page, "demo-dark"); bytes.Equal(dark, light) {
		t.Error("dark looks like light")
	}
	must(t, page.ColorScheme(ctx, "light"))

	pdf, err := page.PDF(ctx)
	must(t, err)
	keep(t, "demo.pdf", pdf)
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Error("it does not print")
	}
	quiet(t, page)
	if *update {
		must(t, os.WriteFile("../../docs/demo.png", light, 0o644))
	}
}

// place is where a moment is in a panel, in the window.
func place(ctx context.Context, t *testing.T, p *browser.Page, panel int, at float64) (x, y float64) {
	t.Helper()
	var found [2]float64
	must(t, p.Evaluate(ctx, fmt.Sprintf(`(async () => {
		const plot = document.querySelectorAll('.plot')[%d];
		plot.scrollIntoView({block: 'center'});
		await new Promise(requestAnimationFrame);
		await new Promise(requestAnimationFrame);
		const over = plot.uplot.over.getBoundingClientRect();
		return [over.left + plot.uplot.valToPos(%v, 'x'), over.top + over.height / 2];
	})()`, panel, at), &found))
	return found[0], found[1]
}

// Dragging over one panel looks closer in all of them; a double click shows all again.
func TestZoom(t *testing.T) {
	ctx, b := open(t)
	recorded := demo(t)
	page, err := b.Open(ctx, write(t, "zoom", recorded), 1200, 900)
	must(t, err)
	from, y := place(ctx, t, page, 1, 100)
	to, _ := place(ctx, t, page, 1, 200)
	must(t, page.Mouse(ctx, "mouseMoved", from, y, 0))
	must(t, page.Mouse(ctx, "mousePressed", from, y, 1))
	must(t, page.Mouse(ctx, "mouseMoved", (from+to)/2, y, 1))
	must(t, page.Mouse(ctx, "mouseMoved", to, y, 1))
	must(t, page.Mouse(ctx, "mouseReleased", to, y, 1))
	scales := `[...document.querySelectorAll('.plot')].map(p => p.uplot.scales.x)`
	must(t, page.WaitFor(ctx, scales+`.every(x => Math.abs(x.min - 100) < 2 && Math.abs(x.max - 200) < 2)`))
	drawn(ctx, t, page, len(recorded.Panels))
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		must(t, page.Mouse(ctx, kind, from, y, 1))
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		must(t, page.Mouse(ctx, kind, from, y, 2))
	}
	last := recorded.Panels[1].Times[len(recorded.Panels[1].Times)-1]
	must(t, page.WaitFor(ctx, scales+fmt.Sprintf(`.every(x => x.min < 2 && x.max >= %v)`, last-1)))
	quiet(t, page)
}

// The load generator's own pages: of a run, and of two beside each other.
func TestLoadReports(t *testing.T) {
	ctx, b := open(t)
	program := filepath.Join(t.TempDir(), "loadgen")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "./loadgen")
	build.Dir = "../.."
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	target := flaky(t)
	loadgen := func(args ...string) {
		t.Helper()
		if text, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil && !strings.Contains(string(text), "requests ") {
			t.Fatalf("loadgen %q: %v\n%s", args, err, text)
		}
	}
	dir := t.TempDir()
	a, bb := filepath.Join(dir, "before.json"), filepath.Join(dir, "after.json")
	load := []string{"--scenario", "stream", "--target", target, "--rate", "sine:20..180/8s", "--duration", "12s", "--keepalive"}
	loadgen(append(load, "--html", filepath.Join(out, "load.html"), "--json", a)...)
	loadgen(append(load, "--arrivals", "poisson", "--duration", "8s", "--json", bb)...)
	loadgen("report", a, bb, "--html", filepath.Join(out, "comparison.html"))

	for name, panels := range map[string]int{"load": 5, "comparison": 8} {
		path, err := filepath.Abs(filepath.Join(out, name+".html"))
		must(t, err)
		page, err := b.Open(ctx, "file://"+path, 1100, 900)
		must(t, err)
		drawn(ctx, t, page, panels)
		png := screenshot(ctx, t, page, name)
		quiet(t, page)
		if *update && name == "load" {
			must(t, os.WriteFile("../../docs/load-report.png", png, 0o644))
		}
	}
}

// flaky serves answers that take 5 to 40 ms, and every fiftieth with an error.
func flaky(t *testing.T) string {
	n := make(chan int, 1)
	n <- 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		i := <-n
		n <- i + 1
		time.Sleep(time.Duration(5+i*7%36) * time.Millisecond)
		if i%50 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Words that try to become scripts stay words.
func TestHostileWords(t *testing.T) {
	ctx, b := open(t)
	for i, word := range []string{
		"<script>window.pwned = 1</script>", "</script><script>window.pwned = 1</script>", "<img src=x onerror='window.pwned = 1'>",
		`"><svg onload="window.pwned = 1">`, "<!--<script>", "javascript:window.pwned=1",
	} {
		m := []picture.Moment{{At: 0, Name: word, Text: word}}
		page, err := b.Open(ctx, write(t, fmt.Sprintf("hostile-%d", i), &picture.Picture{
			Title: word, Remarks: []string{word}, Facts: []picture.Fact{{Name: word, Value: word}}, Phases: m,
			Panels: []picture.Panel{{
				Title: word, Unit: word, Times: []float64{0, 1, 2}, Series: []picture.Series{{Name: word, Values: picture.Values{1, 2, 1}}},
				Bands: []picture.Band{{Name: word, Low: 0, High: 1}}, Limits: []picture.Limit{{Name: word, Value: 1}}, Events: m, Notes: m,
			}},
			Tables: []picture.Table{{Title: word, Header: []string{word}, Rows: [][]string{{word}}}},
		}), 1000, 700)
		must(t, err)
		x, y := place(ctx, t, page, 0, 0)
		must(t, page.Mouse(ctx, "mouseMoved", x+2, y, 0))
		must(t, page.WaitFor(ctx, `document.querySelector('.tip:not([hidden])')`))
		var seen struct {
			Pwned             bool
			Title, Tip, Label string
		}
		must(t, page.Evaluate(ctx, `({pwned: Boolean(window.pwned), title: document.querySelector('h1').textContent,
			tip: document.querySelector('.tip span').textContent, label: document.querySelectorAll('.u-label')[1].textContent})`, &seen))
		if seen.Pwned || seen.Title != word || seen.Tip != word || seen.Label != word {
			t.Errorf("%q: %+v", word, seen)
		}
		drawn(ctx, t, page, 1)
		quiet(t, page)
	}
}

// A day of seconds draws, and answers to the mouse. How fast is told, not judged: the machine may be busy.
func TestDay(t *testing.T) {
	ctx, b := open(t)
	began := time.Now()
	page, err := b.Open(ctx, write(t, "day", day()), 1200, 900)
	must(t, err)
	t.Logf("opened in %s", time.Since(began).Round(time.Millisecond))
	drawn(ctx, t, page, 3)
	var drawing, hovering float64
	must(t, page.Evaluate(ctx, `(async () => {
		const plots = [...document.querySelectorAll('.plot')].map(p => p.uplot), began = performance.now();
		for (const u of plots) u.redraw(true);
		await Promise.resolve(); // uPlot draws in a microtask
		return performance.now() - began;
	})()`, &drawing))
	must(t, page.Evaluate(ctx, `(async () => {
		const u = document.querySelector('.plot').uplot, began = performance.now();
		for (let i = 0; i < 100; i++) u.setCursor({left: i * 10, top: 50}, true);
		return (performance.now() - began) / 100;
	})()`, &hovering))
	t.Logf("86,400 seconds, 3 panels, 6 curves: drawn anew in %.0f ms, a move of the cursor takes %.2f ms", drawing, hovering)
	screenshot(ctx, t, page, "day")
	quiet(t, page)
}

// day is a picture of 24 hours, second by second.
func day() *picture.Picture {
	const seconds = 24 * 3600
	p := &picture.Picture{Title: "a day", Start: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}
	times := make([]float64, seconds)
	for i := range times {
		times[i] = float64(i)
	}
	for k, title := range []string{"users", "latency", "replicas"} {
		panel := picture.Panel{Title: title, Times: times}
		for c, color := range []picture.Color{picture.Blue, picture.Orange} {
			values := make(picture.Values, seconds)
			for i := range values {
				values[i] = picture.Absent()
				if i%9000 > 60 { // a gap now and then
					values[i] = 50 + 40*math.Sin(float64(i)/7000+float64(c)) + 5*math.Sin(float64(i*(k+1)))
				}
			}
			panel.Series = append(panel.Series, picture.Series{Name: string(color), Color: color, Held: title == "replicas", Values: values})
		}
		p.Panels = append(p.Panels, panel)
	}
	return p
}
