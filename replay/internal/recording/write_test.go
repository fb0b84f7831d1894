package recording

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What was written is what is read.
func TestWrite(t *testing.T) {
	r, err := ReadFile("../../testdata/users.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.Write(&text); err != nil {
		t.Fatal(err)
	}
	again, err := Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, again); diff != "" || len(r.Events) < 100 {
		t.Errorf("%d events (-written +read):\n%s", len(r.Events), diff)
	}
}
