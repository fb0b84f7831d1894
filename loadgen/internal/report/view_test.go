package report

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// screen is a terminal as far as the view uses one: text that wraps, new lines, up, and erasing to the end. Anything else fails the test.
type screen struct {
	t      *testing.T
	width  int
	height int
	lines  []string
	row    int
	before []string // each state of the screen so far
}

var escape = regexp.MustCompile(`^\x1b\[(\d+)A\r\x1b\[J`)

func (s *screen) Write(p []byte) (int, error) {
	rest := string(p)
	for rest != "" {
		if up := escape.FindStringSubmatch(rest); up != nil {
			rows, err := strconv.Atoi(up[1])
			if err != nil || rows > s.row {
				s.t.Fatalf("%d rows up from row %d, %v", rows, s.row, err)
			}
			s.row -= rows
			s.lines = s.lines[:s.row]
			rest = rest[len(up[0]):]
			continue
		}
		line, after, ended := strings.Cut(rest, "\n")
		if !ended || strings.ContainsAny(line, "\x1b\r") {
			s.t.Fatalf("%q is not for this screen", rest)
		}
		s.print(line)
		rest = after
	}
	s.before = append(s.before, strings.Join(s.lines, "\n"))
	return len(p), nil
}

func (s *screen) print(line string) {
	runes := []rune(line)
	for len(runes) > s.width {
		s.lines, runes = append(s.lines, string(runes[:s.width])), runes[s.width:]
	}
	s.lines = append(s.lines, string(runes))
	s.row = len(s.lines)
}

// resize wraps lines that were whole before.
func (s *screen) resize(width int) {
	lines := s.lines
	s.lines, s.width, s.row = nil, width, 0
	for _, line := range lines {
		s.print(line)
	}
}

// viewed is a screen on which a prompt was before, and the progress on it.
func viewed(t *testing.T, width, height int) (*screen, *Progress) {
	s := &screen{t: t, width: width, height: height}
	s.print("$ loadgen")
	p := NewProgress(s, &fakeSource{}, time.Minute)
	p.view = &view{out: s, size: func() (int, int) { return s.width, s.height }}
	return s, p
}

func TestView(t *testing.T) {
	s, p := viewed(t, 80, 24)
	watch(t, p, 3500*ms)
	want := `$ loadgen
3s of 1m0s  [#-----------------------------]
rate       offered 5.0/s  done 5.0/s  ▁██
latency    p50 2s  p95 2.02s  p99 2.1s  ██
in flight  10  errors 3`
	if len(s.before) != 4 {
		t.Fatalf("%d states of the screen, want 3 and an end", len(s.before))
	}
	if diff := cmp.Diff(want, s.before[2]); diff != "" {
		t.Errorf("after 3 s (-want +got):\n%s", diff)
	}
	if !strings.Contains(s.before[0], "latency    none yet") {
		t.Errorf("after 1 s:\n%s", s.before[0])
	}
	if s.before[3] != "$ loadgen" {
		t.Errorf("at the end the screen is not as it was:\n%s", s.before[3])
	}
}

// A narrow terminal sees the beginnings, a low one a single line, and one that changes its size no remains.
func TestViewInSmallTerminals(t *testing.T) {
	s, p := viewed(t, 24, 24)
	watch(t, p, 2500*ms)
	if want := "$ loadgen\n2s of 1m0s  [#---------\n"; !strings.HasPrefix(s.before[1], strings.TrimSuffix(want, "-\n")) || strings.Count(s.before[1], "\n") != 4 {
		t.Errorf("in 24 columns:\n%s", s.before[1])
	}
	s, p = viewed(t, 200, 4)
	watch(t, p, 2500*ms)
	if strings.Count(s.before[1], "\n") != 1 || !strings.Contains(s.before[1], "3 errors") {
		t.Errorf("in 4 rows:\n%s", s.before[1])
	}
	s, p = viewed(t, 80, 24)
	p.view.draw(time.Second, time.Minute, p.source.Live(time.Time{}))
	s.resize(30)
	p.view.draw(2*time.Second, time.Minute, p.source.Live(time.Time{}))
	p.view.clear()
	if got := s.before[len(s.before)-1]; got != "$ loadgen" {
		t.Errorf("after it became narrower there remains:\n%s", got)
	}
	for _, width := range []int{1, 2} {
		_, p = viewed(t, width, 24)
		p.view.draw(time.Second, time.Minute, p.source.Live(time.Time{}))
	}
}

func TestSparkline(t *testing.T) {
	for want, values := range map[string][]float64{"": nil, "▁▁": {0, 0}, "▁▄█": {0, 50, 100}, "█": {3}} {
		if got := sparkline(values); got != want {
			t.Errorf("%v: %s, want %s", values, got, want)
		}
	}
}
