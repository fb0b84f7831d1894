package duration

import "testing"

// FuzzParse: what is read is what is written, in either form.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"60", "1m30s", "NaN", "1e18", "-0", "0x1p-2", "9223372036.9", "-2562047h47m16.854775808s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := Parse(text)
		if err != nil {
			if d != 0 || err.Error() == "" {
				t.Errorf("%q: got %v with the error %q", text, d, err)
			}
			return
		}
		again, err := Parse(d.String())
		if err != nil || again != d {
			t.Errorf("%q: read as %s, which reads as %s, %v", text, d, again, err)
		}
	})
}
