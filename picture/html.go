package picture

import (
	"crypto/sha256"
	_ "embed" // for the files
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// uPlot draws the curves: https://github.com/leeoniya/uPlot. It was taken for its size (51 KB, which every page carries), its speed (of
// values denser than the pixels it draws each pixel's extremes), cursors in step over several plots, and curves with gaps.
// `make update-picture-assets` fetches it.
var (
	//go:embed uplot/uPlot.iife.min.js
	library string
	//go:embed uplot/uPlot.min.css
	libraryStyle string
	//go:embed uplot/LICENSE
	license string
)

// The page's own files.
var (
	//go:embed page/page.html
	markup string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/page.js
	script string
)

var page = template.Must(template.New("page").Funcs(template.FuncMap{"clock": clock, "numbers": numbers}).Parse(markup))

// WriteHTML writes p as one page for people. It loads nothing: its policy forbids all but the scripts and styles inside it, by their
// hashes. Words in p are shown as they are and never become markup.
func (p *Picture) WriteHTML(w io.Writer) error {
	if err := p.Validate(); err != nil {
		return fmt.Errorf("draw %q: %w", p.Title, err)
	}
	data, err := json.Marshal(p) // escapes <, > and &: nothing in it ends the script element
	if err != nil {
		return fmt.Errorf("draw %q: %w", p.Title, err)
	}
	style := libraryStyle + pageStyle
	policy := fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; script-src %s %s; style-src %s",
		hash(library), hash(script), hash(style))
	err = page.Execute(w, struct {
		*Picture
		Policy, License string
		Style           template.CSS
		Library, Script template.JS
		Data            template.JS
	}{p, policy, license, template.CSS(style), template.JS(library), template.JS(script), template.JS(data)})
	if err != nil {
		return fmt.Errorf("write the picture %q: %w", p.Title, err)
	}
	return nil
}

// hash names the content of a script or style element in a policy.
func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// clock shows seconds since the start: 4:05, or 1:04:05.
func clock(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second)).Round(time.Second)
	sign := ""
	if d < 0 {
		sign, d = "−", -d
	}
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	if h > 0 {
		return fmt.Sprintf("%s%d:%02d:%02d", sign, h, m, s)
	}
	return fmt.Sprintf("%s%d:%02d", sign, m, s)
}

var number = regexp.MustCompile(`^[+−-]?[0-9.]+( ?[%a-zµ0-9.]+)?$`)

// numbers tells of each column whether it has numbers, with or without a unit, and nothing else.
func numbers(t Table) []bool {
	columns := make([]bool, len(t.Header))
	for i := range columns {
		columns[i] = !slices.ContainsFunc(t.Rows, func(row []string) bool {
			return !number.MatchString(row[i]) && strings.Trim(row[i], "–-") != ""
		})
	}
	return columns
}
