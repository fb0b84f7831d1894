package options

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPolicies(t *testing.T) {
	var c Compare
	if err := c.Parse(strings.Fields("--trace t.csv --policy now=hpa.yaml --policy new=new.yaml,adapter.yaml --seeds 20 --controls none")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Named{{"now", "hpa.yaml", ""}, {"new", "new.yaml", "adapter.yaml"}}, c.Policies); diff != "" || c.Seeds != 20 || c.Controls {
		t.Errorf("%+v\n%s", c, diff)
	}
	for _, bad := range []string{"hpa.yaml", "=hpa.yaml", "a=", "a=,adapter.yaml", "a=hpa.yaml,", "a=h,c,d", "a=h --policy a=i"} {
		err := c.Parse(strings.Fields("--trace t.csv --policy " + bad))
		if want := "allowed: NAME=HPA.yaml or NAME=HPA.yaml,CONFIG.yaml, each name once"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
