package main

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/labels"
)

// FuzzParseUtilization: a body gives a number that DCGM could show, or an error and no number.
func FuzzParseUtilization(f *testing.F) {
	for _, seed := range []string{
		`{"gpu": {"utilization_percent": 42.5}}`, `{"gpu": {"utilization_percent": null}}`, `{"gpu": null}`, `null`, ``,
		`{"GPU": {"utilization_percent": -1e308, "utilization_percent": "1"}}`, `{"gpu": {"utilization_percent": 1e999}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		percent, err := parseUtilization(body)
		if err != nil {
			if percent != 0 {
				t.Errorf("got %g next to the error %v", percent, err)
			}
			return
		}
		if math.IsNaN(percent) || math.IsInf(percent, 0) {
			t.Errorf("accepted %g", percent)
		}
		if shown := asDCGM(percent); shown < 0 || shown > 100 || percent >= 0 && percent <= 100 && math.Abs(float64(shown)-percent) > 0.5 {
			t.Errorf("%g is shown as %d", percent, shown)
		}
		again, err := parseUtilization(fmt.Appendf(nil, `{"gpu": {"utilization_percent": %g}}`, percent))
		if again != percent || err != nil {
			t.Errorf("accepted %g, which reads as %g, %v", percent, again, err)
		}
	})
}

// FuzzParseOptions: a command line, one argument per line, gives options that can be run with, or an error.
func FuzzParseOptions(f *testing.F) {
	f.Add("--hostname=node")
	f.Add("--listen=:9400\n--kubeconfig=k\n--namespace=ns\n--selector=a in (b,c)\n--port=65535\n--hostname=h\n--kubernetes-enable-pod-uid")
	f.Add("--port=0x1f40\n--hostname\nh")
	f.Add("--selector=a in\n--port=0")
	f.Add("--selector= \n--hostname=h")
	f.Add("--\nserve")
	f.Fuzz(func(t *testing.T, lines string) {
		o, err := parseOptions(strings.Split(lines, "\n"))
		if err != nil {
			if err.Error() == "" {
				t.Errorf("%q: refused without a reason", lines)
			}
			return
		}
		selector, err := labels.Parse(o.selector)
		if err != nil || selector.Empty() || o.port < 1 || o.port > 65535 || o.hostname == "" {
			t.Errorf("%q: accepted as %+v: %v", lines, o, err)
		}
	})
}
