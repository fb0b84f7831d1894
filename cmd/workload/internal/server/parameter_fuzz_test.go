package server

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// FuzzParameter: a query gives a number in bounds that stands in it, or a refusal that says what is allowed.
func FuzzParameter(f *testing.F) {
	for _, seed := range []string{"", "size=3", "size=0", "size=3&size=4", "size=%", "a=b&size=+7", "size=0x10;", "s%69ze=10", "size=1_0"} {
		f.Add(seed, 5, 10)
	}
	f.Add("duration_ms=5", 2000, 1000)
	f.Fuzz(func(t *testing.T, query string, standard, most int) {
		if standard < 1 || most < 1 {
			return // no parameter is defined so
		}
		p := parameter{name: "size", standard: standard, max: most}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.RawQuery = query
		values, malformed := url.ParseQuery(query)
		n, err := p.read(r)
		if err != nil {
			var refused *refusal
			if !errors.As(err, &refused) || refused.Status != http.StatusBadRequest || refused.Field == "" || refused.Allowed == "" {
				t.Errorf("%q: refused with %#v", query, err)
			}
			if malformed == nil && len(values["size"]) == 0 {
				t.Errorf("%q: refused without a size: %v", query, err)
			}
			return
		}
		if n < 1 || n > most || malformed != nil || len(values["size"]) > 1 {
			t.Errorf("%q: accepted as %d of at most %d", query, n, most)
		}
		if len(values["size"]) == 0 && n != min(standard, most) {
			t.Errorf("%q: %d, want the default %d", query, n, standard)
		}
		if len(values["size"]) == 1 {
			if digits := strings.TrimLeft(values.Get("size"), "+0"); digits != strconv.Itoa(n) {
				t.Errorf("%q: read as %d", query, n)
			}
		}
	})
}
