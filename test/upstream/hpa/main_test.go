// Package hpa_test holds pkg/hpa against the stock HorizontalPodAutoscaler's own code: its replica calculator, and the controller
// as a whole.
package hpa_test

import (
	"flag"
	"os"
	"strconv"
	"testing"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) {
	klog.SetLogger(logr.Discard()) // the controller's, one per case
	os.Exit(m.Run())
}

// check is rapid.Check with as many cases as the property's rarer outcomes take, unless the command line says how many.
func check(t *testing.T, cases int, property func(*rapid.T)) {
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set(strconv.Itoa(cases)); err != nil {
			t.Fatal(err)
		}
		defer checks.Value.Set(checks.DefValue)
	}
	rapid.Check(t, property)
}

// percent draws something that is so in p of 100 cases. It is made of coins, since rapid's numbers and samples lean to the small
// end, and shrinks to false.
func percent(t *rapid.T, p int, name string) bool {
	return rapid.Custom(func(t *rapid.T) bool {
		drawn := 0
		for range 7 {
			drawn <<= 1
			if rapid.Bool().Draw(t, "coin") {
				drawn++
			}
		}
		return drawn*100 >= (100-p)*128
	}).Draw(t, name)
}
