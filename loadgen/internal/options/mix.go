package options

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const mixAllowed = "matrix, stream or gpu, or several with weights above 0, such as matrix=3,stream=1"

// maxWeight bounds weights, so that their sum stays exact enough.
const maxWeight = 1e6

// Mix is the scenarios of a load, each once, with their weights.
type Mix []Share

// Share is one scenario of a mix.
type Share struct {
	Scenario Scenario
	Weight   float64
	URL      *url.URL // complete, with the scenario's path and parameters
}

// String is a single scenario's name, or matrix=3,stream=1.
func (m Mix) String() string {
	if len(m) == 1 {
		return string(m[0].Scenario)
	}
	var parts []string
	for _, s := range m {
		parts = append(parts, fmt.Sprintf("%s=%v", s.Scenario, s.Weight))
	}
	return strings.Join(parts, ",")
}

// Names are the scenarios' names.
func (m Mix) Names() []string {
	var names []string
	for _, s := range m {
		names = append(names, string(s.Scenario))
	}
	return names
}

// Weights are the scenarios' weights.
func (m Mix) Weights() []float64 {
	var weights []float64
	for _, s := range m {
		weights = append(weights, s.Weight)
	}
	return weights
}

// URLs are the scenarios' URLs.
func (m Mix) URLs() []*url.URL {
	var urls []*url.URL
	for _, s := range m {
		urls = append(urls, s.URL)
	}
	return urls
}

// share is a scenario and its weight, as given.
type share struct {
	scenario Scenario
	weight   float64
}

func parseShares(text string) ([]share, bool) {
	var shares []share
	seen := map[Scenario]bool{}
	for part := range strings.SplitSeq(text, ",") {
		name, weight, weighted := strings.Cut(part, "=")
		s := share{Scenario(name), 1}
		if weighted {
			w, err := strconv.ParseFloat(weight, 64)
			if err != nil || !(w >= 1/maxWeight && w <= maxWeight) {
				return nil, false
			}
			s.weight = w
		}
		if !s.scenario.known() || seen[s.scenario] {
			return nil, false
		}
		seen[s.scenario] = true
		shares = append(shares, s)
	}
	return shares, true
}

// newMix completes shares with URLs. It also returns how long the longest answer takes by design.
func newMix(shares []share, p parameters) (Mix, time.Duration) {
	var mix Mix
	var longest time.Duration
	for _, s := range shares {
		u, length := s.scenario.request(p)
		mix = append(mix, Share{Scenario: s.scenario, Weight: s.weight, URL: u})
		longest = max(longest, length)
	}
	return mix, longest
}
