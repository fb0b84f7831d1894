// Package examples holds applications that expose their active users; docs/instrument.md quotes them.
package examples

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// quote is a block of docs/instrument.md, below a comment with the name of the file that it is from.
var quote = regexp.MustCompile("(?s)<!-- examples/(\\S+) -->\n```[a-z]+\n(.*?)```\n")

func TestQuotes(t *testing.T) {
	document, err := os.ReadFile("../docs/instrument.md")
	if err != nil {
		t.Fatal(err)
	}
	quotes := quote.FindAllStringSubmatch(string(document), -1)
	if n := strings.Count(string(document), "<!-- examples/"); n != len(quotes) || n == 0 {
		t.Errorf("%d of %d quotes are a comment and a block right below it, want all", len(quotes), n)
	}
	for _, q := range quotes {
		source, err := os.ReadFile(q[1])
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(source), q[2]) {
			t.Errorf("docs/instrument.md quotes of examples/%s what it does not have:\n%s", q[1], q[2])
		}
	}
}
