package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func htmlOf(t *testing.T, p *Picture) string {
	t.Helper()
	var out bytes.Buffer
	if err := p.WriteHTML(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

var (
	scripts = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	styles  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	data    = regexp.MustCompile(`(?s)<script type="application/json" id="picture">(.*?)</script>`)
)

// The policy names what is in the page, by its hash, and nothing else.
func TestPolicyIsOfThePagesOwnScripts(t *testing.T) {
	page := htmlOf(t, small())
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil {
		t.Fatal("the page has no policy")
	}
	allowed := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy[1])
	own := append(scripts.FindAllStringSubmatch(page, -1), styles.FindAllStringSubmatch(page, -1)...)
	if len(own) != 3 || strings.Count(allowed, "sha256-") != 3 || !strings.Contains(allowed, "default-src 'none'") {
		t.Fatalf("%d scripts and styles under the policy %s", len(own), allowed)
	}
	for _, element := range own {
		if !strings.Contains(allowed, hash(element[1])) {
			t.Errorf("the policy %s forbids %.60q…", allowed, element[1])
		}
	}
}

// The page carries the picture's own data.
func TestPageCarriesThePicture(t *testing.T) {
	found := data.FindStringSubmatch(htmlOf(t, small()))
	if found == nil {
		t.Fatal("no data in the page")
	}
	var got Picture
	if err := json.Unmarshal([]byte(found[1]), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(small(), &got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("picture (-want +got):\n%s", diff)
	}
}

// everywhere puts one word into every place that takes words.
func everywhere(word string) *Picture {
	m := []Moment{{0, word, word}}
	return &Picture{
		Title: "t" + word, Remarks: []string{word}, Facts: []Fact{{word, word}}, Phases: m,
		Panels: []Panel{{
			Title: word, Unit: word, Times: []float64{0}, Series: []Series{{Name: word, Values: Values{1}}},
			Ranges: []Range{{word, Values{0}, Values{1}}}, Bands: []Band{{word, 0, 1}}, Limits: []Limit{{word, 1}}, Events: m, Notes: m,
		}},
		Tables: []Table{{word, []string{word}, [][]string{{word}}}},
	}
}

// FuzzWords: whatever words there are, the page has the elements of one with plain words, and gives the words back.
func FuzzWords(f *testing.F) {
	for _, word := range []string{
		"<script>alert(1)</script>", "</script><script>alert(1)</script>", "</title><img src=x onerror=alert(1)>", `"><b>`, "' onload='",
		"<!--", "<!--<script>", "-->", "]]>", "{{.}}", "${1}", "\u2028", "\x00", "\xff", "&lt;b&gt;", "</style>", "javascript:alert(1)", "",
	} {
		f.Add(word)
	}
	markup := regexp.MustCompile(`<[!/a-zA-Z]`)
	f.Fuzz(func(t *testing.T, word string) {
		page, plain := htmlOf(t, everywhere(word)), htmlOf(t, everywhere("plain"))
		if got, want := len(markup.FindAllString(page, -1)), len(markup.FindAllString(plain, -1)); got != want && word != "" && word != Seconds {
			t.Errorf("%q: %d tags, want %d", word, got, want)
		}
		var got Picture
		if err := json.Unmarshal([]byte(data.FindStringSubmatch(page)[1]), &got); err != nil {
			t.Fatalf("%q: the data: %v", word, err)
		}
		if utf8.ValidString(word) && got.Title != "t"+word {
			t.Errorf("the title is %q, want %q", got.Title, "t"+word)
		}
	})
}

func TestClock(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0:00", 59.6: "1:00", 245: "4:05", 3845: "1:04:05", -3: "−0:03", 86400: "24:00:00"} {
		if got := clock(seconds); got != want {
			t.Errorf("%v s is shown as %s, want %s", seconds, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	got := numbers(Table{Header: []string{"what", "n", "latency", "limit", "Δ"}, Rows: [][]string{
		{"requests", "12", "1m1.2s", "12 ± 10 %", "+50ms"}, {"12", "3", "–", "-", "−0.3"},
	}})
	if want := []bool{false, true, true, false, true}; !slices.Equal(got, want) {
		t.Errorf("columns of numbers: %v, want %v", got, want)
	}
}

// The library is the one that was fetched, whole and unchanged.
func TestLibraryIsAsFetched(t *testing.T) {
	sums, err := os.ReadFile("uplot/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(sums)), "\n")
	for _, line := range lines {
		want, name, _ := strings.Cut(line, "  ")
		body, err := os.ReadFile(filepath.Join("uplot", name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: SHA-256 %s, want %s", name, got, want)
		}
	}
	if len(lines) != 3 {
		t.Errorf("%d files, want 3", len(lines))
	}
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`UPLOT \?= (\S+)`).FindSubmatch(makefile)
	if version == nil || !strings.Contains(library[:100], "(v"+string(version[1])+")") {
		t.Errorf("the Makefile names version %q; the library begins %.60q", version, library)
	}
}
