package options

import (
	"flag"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// command is what has flags.
type command interface {
	Parse(args []string) error
	flags(p *Parser)
}

func commands() map[string]command {
	return map[string]command{"run": &Run{}, "compare": &Compare{}, "search": &Search{}, "verify": &Verify{}, "record": &Record{}, "watch": &Watch{}}
}

// names are those of all flags of a command.
func names(c command) map[string]bool {
	p := NewParser()
	c.flags(p)
	found := map[string]bool{}
	p.flags.VisitAll(func(f *flag.Flag) { found[f.Name] = true })
	return found
}

var (
	flagInText    = regexp.MustCompile(`--([a-z-]+)`)
	commandInText = regexp.MustCompile(`(?m)^replay ([a-z]+):`)
)

// documented are the flags that a part of the usage names.
func documented(text string) map[string]bool {
	found := map[string]bool{}
	for _, match := range flagInText.FindAllStringSubmatch(text, -1) {
		found[match[1]] = true
	}
	return found
}

// section is the part of the usage that is about one command.
func section(name string) string {
	_, text, _ := strings.Cut(Usage, "\nreplay "+name+":")
	text, _, _ = strings.Cut(text, "\n\n")
	return text
}

// common is what the usage tells besides to those who use a command.
func common(name string) string {
	text, _, _ := strings.Cut(Usage, "\nreplay compare:")
	switch name {
	case "run", "compare", "search":
		_, text, _ = strings.Cut(text, "\nPolicy\n")
	case "verify":
		_, text, _ = strings.Cut(text, "\nThe HPA controller's own settings")
		text, _, _ = strings.Cut(text, "\n\n")
	default:
		return ""
	}
	return text
}

// Each flag of a command is told of, in what is about this one or in what it has in common with others; and none is made up.
func TestUsageHasTheFlagsThatThereAre(t *testing.T) {
	for name, c := range commands() {
		known, told := names(c), documented(section(name))
		if name == "run" {
			told = documented(common(name))
		}
		for flag := range told {
			if !known[flag] {
				t.Errorf("%s: usage tells of --%s, which it has not", name, flag)
			}
		}
		maps.Copy(told, documented(common(name)))
		for flag := range known {
			if !told[flag] {
				t.Errorf("%s: usage does not tell of --%s", name, flag)
			}
		}
	}
	for _, match := range commandInText.FindAllStringSubmatch(Usage, -1) {
		if commands()[match[1]] == nil {
			t.Errorf("%s: its flags are not compared with usage here", match[1])
		}
	}
}

func TestUsageIsNotTooWide(t *testing.T) {
	for _, line := range strings.Split(Usage, "\n") {
		if len([]rune(line)) > 132 {
			t.Errorf("too long: %s", line)
		}
	}
}

func TestExamplesAreCommandLines(t *testing.T) {
	_, text, _ := strings.Cut(Usage, "\nExamples\n")
	examples := strings.Split(strings.TrimSpace(text), "\n")
	if len(examples) < 6 {
		t.Errorf("%q", examples)
	}
	for _, line := range examples {
		words := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(line, -1)
		for i := range words {
			words[i] = strings.Trim(words[i], "'")
		}
		name, args := "run", words[1:]
		if !strings.HasPrefix(args[0], "-") {
			name, args = args[0], args[1:]
		}
		c := commands()[name]
		if c == nil {
			t.Errorf("%s: allowed: %q", line, slices.Sorted(maps.Keys(commands())))
		} else if err := c.Parse(args); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}
