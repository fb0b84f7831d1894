package config

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const head = "apiVersion: adapter.userscale.dev/v1alpha1\nkind: AdapterConfiguration\n"

// TestBadConfigurations holds every error's text against testdata/bad: `file` is a whole file, `fields` is one without its head. Run it
// with -rewrite to take over the texts, and read them.
func TestBadConfigurations(t *testing.T) {
	cases := 0
	datadriven.Walk(t, "testdata/bad", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			cases++
			text := d.Input + "\n"
			if d.Cmd == "fields" {
				text = head + text
			}
			c, err := Read(strings.NewReader(text), env())
			if err == nil {
				d.Fatalf(t, "no error; it is %+v", c)
			}
			return describe(t, err)
		})
	})
	if cases < 40 {
		t.Errorf("%d cases, want 40 or more", cases)
	}
}

// allows is how an error says what is allowed.
var allows = regexp.MustCompile(`must |supported values|allowed here are|give (one|either)|name (one|at least)|one of|Duplicate value|one source|Required value|` +
	`belongs to|may not be specified when|Too long`)

// describe puts each error on a line, and wants each to name a field and what is allowed there.
func describe(t *testing.T, err error) string {
	t.Helper()
	var all utilerrors.Aggregate
	if !errors.As(err, &all) {
		return err.Error()
	}
	var b strings.Builder
	for _, err := range all.Errors() {
		var at *field.Error
		if !errors.As(err, &at) || at.Field == "" || strings.Contains(at.Field, "nil") || !allows.MatchString(err.Error()) {
			t.Errorf("without the field or what is allowed: %v", err)
		}
		fmt.Fprintln(&b, err)
	}
	return b.String()
}

func TestNotOneDocument(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"empty":         {"", "no configuration in it: begin with apiVersion: adapter.userscale.dev/v1alpha1"},
		"comment":       {"# nothing\n---\n# yet\n", "no configuration in it"},
		"tab":           {head + "metrics:\n\t- name: a\n", "line 4: found character that cannot start any token"},
		"not closed":    {head + "metrics: [{name: a\n", "line 3: did not find expected ',' or '}'"},
		"binary":        {"\x00\x01\x02", "control characters are not allowed"},
		"ELF":           {"\x7fELF\x02\x01\x01", "control characters are not allowed"},
		"not UTF-8":     {head + "metrics: [{name: \xff}]\n", "invalid leading UTF-8 octet"},
		"text":          {"Hello", "not a map of fields: begin with apiVersion"},
		"list":          {"- " + strings.ReplaceAll(head, "\n", "\n  "), "not a map of fields"},
		"key twice":     {head + "metrics: []\nmetrics: []\n", `line 4: key "metrics" already set in map`},
		"two documents": {head + "metrics: [{name: a, pods: {field: u}}]\n---\n" + head, "more than one document"},
		"after the end": {head + "metrics: [{name: a, pods: {field: u}}]\n...\nfoo: bar\n", "not one document of YAML or JSON"},
		"unknown alias": {"*a", "unknown anchor 'a'"},
		"too large":     {strings.Repeat("# 0123456789\n", SizeLimit/13+1), "larger than 1048576 bytes, the limit"},
		"laughs":        {"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + laughs(9), "excessive aliasing"},
		"deep":          {"a: " + strings.Repeat("[", 100_000), "exceeded max depth"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(strings.NewReader(tc.text), env()); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %.300v, want %q in it", err, tc.want)
			}
		})
	}
}

// laughs is a billion of them.
func laughs(n int) string {
	var b strings.Builder
	for i := range n {
		from, to := string(rune('a'+i)), string(rune('b'+i))
		fmt.Fprintf(&b, "%s: &%s [*%[3]s,*%[3]s,*%[3]s,*%[3]s,*%[3]s,*%[3]s,*%[3]s,*%[3]s,*%[3]s,*%[3]s]\n", to, to, from)
	}
	return b.String()
}

func TestLongQueriesAreRefused(t *testing.T) {
	for _, query := range []string{strings.Repeat("(", 500_000), strings.Repeat("-", 500_000) + "a", strings.Repeat("a+", 200_000) + "a"} {
		text := head + `metrics: [{name: a, prometheus: {query: "` + query + `"}}]`
		if _, err := Read(strings.NewReader(text), env()); err == nil || !strings.Contains(err.Error(), "query: Too long") {
			t.Errorf("got %.300v", err)
		}
	}
}

func TestTooMany(t *testing.T) {
	for want, text := range map[string]string{
		"metrics: Too many: 101: must have at most 100 items": "metrics: [" + strings.Repeat("{}, ", 101) + "]",
		"prometheusServers: Too many: 101":                    "prometheusServers: [" + strings.Repeat("{}, ", 101) + "]",
		"metrics[0].pods.targets: Too many: 101":              "metrics: [{pods: {targets: [" + strings.Repeat("{}, ", 101) + "]}}]",
		"prometheusServers[0].headers: Too many: 101":         "prometheusServers: [{headers: [" + strings.Repeat("{}, ", 101) + "]}]",
	} {
		if _, err := Read(strings.NewReader(head+text), env()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %.300v, want %q in it", err, want)
		}
	}
}

func TestSecretsAreNotRepeated(t *testing.T) {
	const secret = "hunter2"
	text := head + `
prometheusServers:
- name: a
  url: http://me:hunter2@prometheus
  proxyURL: http://me:hunter2@proxy
  basicAuth: {username: me, password: hunter2}
  bearerToken: hunter2
  headers: [{name: X-Token, value: "hunter2\n"}]
  oauth2: {clientID: me, clientSecret: hunter2, tokenURL: "http://me:hunter2@login"}
  tls: {key: hunter2}
metrics: [{name: a, prometheus: {query: up}}]
`
	_, err := Read(bytes.NewReader([]byte(text)), env())
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v, want an error without %s", err, secret)
	}
	for _, path := range []string{".url", ".proxyURL", ".basicAuth.password", ".bearerToken", ".headers[0].value", ".oauth2.clientSecret", ".oauth2.tokenURL", ".tls.key"} {
		if !strings.Contains(err.Error(), "prometheusServers[0]"+path) {
			t.Errorf("%s is not named in %v", path, err)
		}
	}
}
