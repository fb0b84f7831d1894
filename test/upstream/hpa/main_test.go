// Package hpa_test holds pkg/hpa against the stock HorizontalPodAutoscaler's own code: its replica calculator, and the controller
// as a whole.
package hpa_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain asks for more than rapid's 100 cases each, which would not come across the rarer outcomes. The command line still decides.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "5000"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
