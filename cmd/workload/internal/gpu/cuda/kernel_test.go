//go:build linux

package cuda

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestKernel holds the kernel's text to what the code around it says: for Turing, its name, and its parameters in the order of arguments.
func TestKernel(t *testing.T) {
	for _, want := range []string{".version 6.3\n", ".target sm_75\n", ".address_size 64\n"} {
		if !strings.Contains(busyPTX, "\n"+want) {
			t.Errorf("the kernel's text lacks %q", want)
		}
	}
	signature := regexp.MustCompile(`\.visible \.entry ` + kernelName + `\(\s*\.param \.u64 \w+,\s*\.param \.u64 \w+,\s*\.param \.u64 \w+\s*\)`)
	if !signature.MatchString(busyPTX) {
		t.Error("the kernel is not one of three parameters of 64 bits")
	}
	// turnTime says that a turn takes 64 dependent operations or more.
	if n := strings.Count(busyPTX, "fma.rn.f32"); n != 64 {
		t.Errorf("the kernel has %d multiply-adds, want 64", n)
	}
	image := kernelImage()
	if n := bytes.IndexByte(image, 0); n != len(busyPTX) || string(image[:n]) != busyPTX {
		t.Errorf("the image is %d bytes and has its first zero at %d, want it after the kernel's %d", len(image), n, len(busyPTX))
	}
}

func TestArguments(t *testing.T) {
	for d, want := range map[time.Duration]arguments{
		-1:                   {turns: 1},
		0:                    {turns: 1},
		1:                    {nanoseconds: 1, turns: 1},
		5 * time.Millisecond: {nanoseconds: 5_000_000, turns: 156_251},
	} {
		var got arguments
		got.setTime(d)
		if got != want {
			t.Errorf("for %v: %+v, want %+v", d, got, want)
		}
	}
}
