package pages

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"userscale.dev/userscale/test/pages/browser"
)

// replayed runs the replay with some load, and opens its page.
func replayed(ctx context.Context, t *testing.T, b *browser.Browser, name string, args ...string) *browser.Page {
	t.Helper()
	dir := t.TempDir()
	program, load := filepath.Join(dir, "replay"), filepath.Join(dir, "load.csv")
	build := exec.CommandContext(ctx, "go", "build", "-ldflags", "-s -w", "-o", program, ".") // as the Makefile builds it, which leaves little to do
	build.Dir = "../../replay"
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	must(t, os.WriteFile(load, []byte("t_seconds,value\n0,20\n300,60\n600,100\n900,30\n"), 0o600))
	path, err := filepath.Abs(filepath.Join(out, name+".html"))
	must(t, err)
	args = append(args, "--trace", load, "--hpa", "../../manifests/base/workload/hpa.yaml", "--noise", "poisson", "--html", path)
	if text, err := exec.CommandContext(ctx, program, args...).CombinedOutput(); err != nil {
		t.Fatalf("replay %q: %v\n%s", args, err, text)
	}
	page, err := b.Open(ctx, "file://"+path, 1280, 900)
	must(t, err)
	return page
}

// pointed moves the mouse to an event, and returns what the page tells there. It must all be in the window.
func pointed(ctx context.Context, t *testing.T, page *browser.Page, panel int, at float64) string {
	t.Helper()
	x, y := place(ctx, t, page, panel, at)
	must(t, page.Mouse(ctx, "mouseMoved", 1, 1, 0))
	must(t, page.Mouse(ctx, "mouseMoved", x, y, 0))
	must(t, page.WaitFor(ctx, `document.querySelector('.tip:not([hidden])')`))
	var tip struct {
		Text        string
		Left, Right float64
		Width       float64
	}
	must(t, page.Evaluate(ctx, `(() => {
		const tip = document.querySelector('.tip:not([hidden])'), {left, right} = tip.getBoundingClientRect();
		return {text: tip.innerText, left, right, width: innerWidth};
	})()`, &tip))
	if tip.Left < 0 || tip.Right > tip.Width {
		t.Errorf("what is told at %v s is from %v to %v in a window of %v", at, tip.Left, tip.Right, tip.Width)
	}
	return tip.Text
}

// A run tells at each decision why the HPA made it, on narrow screens too.
func TestReplayRun(t *testing.T) {
	ctx, b := open(t)
	page := replayed(ctx, t, b, "replay")
	drawn(ctx, t, page, 3)
	screenshot(ctx, t, page, "replay")
	var events []struct {
		At         float64
		Name, Text string
	}
	must(t, page.Evaluate(ctx, `JSON.parse(document.getElementById('picture').textContent).panels[1].events`, &events))
	if len(events) < 4 || !strings.Contains(events[0].Text, "pods metric active_users_per_pod above target; active_users_per_pod: ") {
		t.Fatalf("decisions: %+v", events)
	}
	for _, width := range []int{1280, 400} {
		must(t, page.Resize(ctx, width, 900))
		must(t, page.WaitFor(ctx, `document.querySelector('.plot').uplot.width < innerWidth`))
		for _, e := range []int{0, len(events) - 1} {
			if tip := pointed(ctx, t, page, 1, events[e].At); !strings.Contains(tip, events[e].Name) || !strings.Contains(tip, events[e].Text) {
				t.Errorf("at %d pixels, decision %+v: the page tells %q", width, events[e], tip)
			}
		}
		screenshot(ctx, t, page, "replay-narrow")
	}
	var ticks string
	must(t, page.Evaluate(ctx, `document.querySelectorAll('.plot')[1].uplot.axes[1]._values.join()`, &ticks))
	if strings.Contains(ticks, ".") {
		t.Errorf("half pods: %s", ticks)
	}
	quiet(t, page)
}

// A search tells first what it found: the front is above the long lists of decisions.
func TestReplaySearch(t *testing.T) {
	ctx, b := open(t)
	page := replayed(ctx, t, b, "search", "search", "--target", "8,12", "--seeds", "1")
	screenshot(ctx, t, page, "search")
	var seen struct{ Titles, Front []string }
	must(t, page.Evaluate(ctx, `({
		titles: [...document.querySelectorAll('h2')].map(h => h.textContent),
		front: [...document.querySelectorAll('table')].find(t => t.previousElementSibling?.textContent === 'The Pareto front').innerText.split('\n'),
	})`, &seen))
	panels := 0
	for _, title := range seen.Titles {
		if strings.HasSuffix(title, ": pods") && !strings.HasPrefix(title, "Events: ") {
			panels++
		}
	}
	drawn(ctx, t, page, 1+panels)
	all := strings.Join(seen.Titles, "|")
	if panels == 0 || !strings.HasPrefix(all, "Demand users|target ") || !strings.Contains(all, ": pods|The Pareto front|All settings|Events: target ") {
		t.Errorf("the page has, in this order: %q", seen.Titles)
	}
	if len(seen.Front) < 2 || !strings.HasPrefix(seen.Front[0], "settings\tunserved load, %\t") || !strings.HasPrefix(seen.Front[1], "target ") {
		t.Errorf("the front is %q", seen.Front)
	}
	quiet(t, page)
}
