package recording

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// head is a good first line, and pods tells of two pods.
const (
	head = `{"kind":"userscale.dev/recording/v1","began":"2026-11-24T12:00:00.25Z",` +
		`"hpa":{"metadata":{"name":"web","namespace":"shop"}},` +
		`"configuration":{"apiVersion":"adapter.userscale.dev/v1alpha1","kind":"AdapterConfiguration","metrics":[{"name":"users","pods":{"field":"u"}}]},` +
		`"replicas":2,"totals":[{"metric":"users","smoothed":12.5}]}` + "\n"
	pods = `{"t":0,"pod":{"metadata":{"name":"a","namespace":"shop","uid":"1"}}}` + "\n" +
		`{"t":0,"pod":{"metadata":{"name":"b","namespace":"shop","uid":"2"}}}` + "\n"
)

func TestRead(t *testing.T) {
	r, err := Read(strings.NewReader(head + pods +
		`{"t":0,"collection":{"metric":"users","values":[{"pod":"a","value":12.5,"at":-0.75}],"failures":{"b":"timeout"}}}
{"t":0,"usage":{"pods":[{"pod":"gone long ago","at":"2026-11-24T11:59:50Z","window":15,"containers":{"app":0.25}}]}}
{"t":1.5,"gone":"b"}
{"t":1.6,"collection":{"metric":"users","failures":{"b":"connection"}}}
{"t":14.25,"rescale":{"from":2,"to":1,"reason":"All metrics below target"}}
{"t":14.25,"pass":{"status":{"currentReplicas":2,"desiredReplicas":1}}}`))
	if err != nil {
		t.Fatal(err)
	}
	c := r.Events[2].Collection
	switch {
	case len(r.Events) != 8, r.HPA.Name != "web", r.Replicas != 2, r.Totals[0] != Total{"users", 12.5}, r.Began.Nanosecond() != 250e6:
		t.Errorf("%+v", r)
	case c.Values[0] != Value{"a", 12.5, -0.75}, c.Failures["b"] != "timeout", r.Events[3].Usage.Pods[0].Containers["app"] != 0.25:
		t.Errorf("%+v", r.Events)
	case r.Events[7].T != 14.25 || r.Events[7].Pass.Status.DesiredReplicas != 1 || r.Events[6].Rescale.To != 1:
		t.Errorf("%+v", r.Events[6:])
	case r.Configuration.Metrics[0].CollectEvery() != time.Second:
		t.Errorf("%+v has no defaults", r.Configuration.Metrics[0])
	}
}

// What is wrong is said, with its line. An event is one that comes after the pods a and b.
func TestBadRecordings(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "nothing in it: allowed: a line with kind",
		"\n":                          "line 1: not JSON",
		"t_seconds,value\n":           "line 1: not JSON",
		`{"kind":"recording"}`:        `line 1: kind "recording": allowed: "userscale.dev/recording/v1"`,
		"[]":                          "line 1: not JSON",
		head + "\n":                   "line 2: not JSON of its form: EOF",
		head + `{"t":0,"gone":"a"}`:   `line 2: gone "a": allowed: a pod that is there`,
		strings.TrimSpace(head) + "}": "line 1: not JSON: invalid character '}' after top-level value",

		but(`"began":"2026`, `"began":"1999`):                                       `line 1: began "1999-11-24T12:00:00.25Z": allowed: a time in whole milliseconds`,
		but("00.25Z", "00.2501Z"):                                                   "in whole milliseconds",
		but(`"replicas":2`, `"replicas":-2`):                                        "replicas -2: allowed: 0 or more",
		but(`"replicas":2`, `"replicas":2.5`):                                       "line 1: not JSON of its form",
		but(`"replicas":2`, `"replica":2`):                                          `unknown field "replica"`,
		but(`"hpa":{"metadata":{"name":"web"`, `"x":{"a":{"b":"c"`):                 `unknown field "x"`,
		but(`"name":"web",`, ``):                                                    `hpa.metadata: name "" in namespace "shop"`,
		but(`"metadata":{`, `"metadate":{`):                                         `unknown field "metadate"`,
		but(`,"metrics":[{"name":"users","pods":{"field":"u"}}]`, ``):               "configuration: metrics",
		but(`"field"`, `"fields"`):                                                  "metrics[0].pods.fields: Forbidden: there is no such field",
		but(`"metric":"users"`, `"metric":"sheep"`):                                 `totals[0].metric "sheep": allowed: each of ["users"] once`,
		but(`"smoothed":12.5}`, `"smoothed":12.5},{"metric":"users","smoothed":1}`): `totals[1].metric "users"`,
		but(`"smoothed":12.5`, `"smoothed":-1`):                                     "totals[0].smoothed -1: allowed: from 0 to 1e15",
		but(`"configuration":`, `"configuration":null,"x":`):                        "unknown field",

		event(`{"t":0}`): "line 4: 0 fields besides t: allowed: one of pod, gone,",
		event(`{"t":1,"gone":"a","pass":{"status":{}}}`):            "line 4: 2 fields besides t",
		event(`{"t":-1,"gone":"a"}`):                                "line 4: t -1: allowed: from 0, the time of the event before, to 2678400",
		event(`{"t":3e6,"gone":"a"}`):                               "line 4: t 3e+06",
		event(`{"t":2,"gone":"a"}` + "\n" + `{"t":1.9,"gone":"b"}`): "line 5: t 1.9: allowed: from 2, the time of the event before",
		event(`{"t":2,"gone":"a"}` + "\n" + `{"t":2,"gone":"a"}`):   `line 5: gone "a": allowed: a pod that is there`,
		event(`{"t":1e999,"gone":"a"}`):                             "line 4: not JSON of its form",
		event(`{"t":1,"gone":"a"} {"t":1,"gone":"a"}`):              "line 4: more than one value",
		event(`{"t":1,"walk":"a"}`):                                 `line 4: not JSON of its form: json: unknown field "walk"`,

		event(`{"t":1,"pod":{"metadata":{"name":"c","namespace":"shop"}}}`):                                 `pod.metadata: name "c", uid ""`,
		event(`{"t":1,"pod":{"metadata":{"name":"c","namespace":"x","uid":"3"}}}`):                          `pod.metadata.namespace "x": allowed: "shop"`,
		event(`{"t":1,"pod":{"metadata":{"name":"c","namespace":"shop","uid":"1"}}}`):                       `pod.metadata.uid "1" of "c": allowed: one that no other pod has, as "a" has it`,
		event(`{"t":1,"rescale":{"from":2,"to":2}}`):                                                        "rescale: from 2 to 2",
		event(`{"t":1,"rescale":{"from":2,"to":-1}}`):                                                       "rescale: from 2 to -1",
		collection(`"metric":"sheep"`):                                                                      `collection.metric "sheep": allowed: one of ["users"]`,
		collection(`"metric":"users","values":[{"pod":"c","value":1,"at":0}]`):                              `collection.values[0].pod "c": allowed: each pod that was told of`,
		collection(`"metric":"users","values":[{"pod":"a","value":1,"at":0},{"pod":"a","value":1,"at":0}]`): `collection.values[1].pod "a"`,
		collection(`"metric":"users","values":[{"pod":"a","value":-1,"at":0}]`):                             "collection.values[0].value -1: allowed: from 0 to 1e+12",
		collection(`"metric":"users","values":[{"pod":"a","value":NaN,"at":0}]`):                            "line 4: not JSON of its form",
		collection(`"metric":"users","values":[{"pod":"a","value":1,"at":6.1}]`):                            "collection.values[0].at 6.1: allowed: from -31622400 to 6, 5 s after",
		collection(`"metric":"users","failures":{"c":"timeout"}`):                                           `collection.failures: "c": "timeout"`,
		collection(`"metric":"users","failures":{"a":""}`):                                                  `collection.failures: "a": ""`,
		collection(`"metric":"users","values":[{"pod":"a","value":1,"at":0}],"failures":{"a":"timeout"}`):   `collection.failures: "a"`,
		usage(`"pod":"","at":"2026-11-24T12:00:00Z","window":15`):                                           `usage.pods[0].pod ""`,
		usage(`"pod":"a","at":"0001-01-01T00:00:00Z","window":15`):                                          "usage.pods[0].at",
		usage(`"pod":"a","at":"2026-11-24T12:00:00Z","window":-1`):                                          "usage.pods[0].window -1: allowed: from 0",
		usage(`"pod":"a","at":"2026-11-24T12:00:00Z","window":1,"containers":{"x":-1}`):                     `usage.pods[0].containers: "x": -1: allowed: from 0 to 1e+06 cores`,
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.300s:\n%v: want %s", text, err, want)
		}
	}
}

func but(old, by string) string       { return strings.Replace(head, old, by, 1) + pods }
func event(line string) string        { return head + pods + line + "\n" }
func collection(fields string) string { return event(`{"t":1,"collection":{` + fields + `}}`) }
func usage(fields string) string      { return event(`{"t":1,"usage":{"pods":[{` + fields + `}]}}`) }

func TestReadFileNamesIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("none: %v", err)
	}
	if err := os.WriteFile(path, []byte(head+"{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), path+": line 2: 0 fields") {
		t.Errorf("bad: %v", err)
	}
}

func TestLongLine(t *testing.T) {
	long := head + `{"t":0,"gone":"` + strings.Repeat("a", maxLine) + `"}`
	if _, err := Read(strings.NewReader(long)); err == nil || !strings.Contains(err.Error(), "line 2: longer than 16777216 bytes") {
		t.Errorf("%v", err)
	}
}

// FuzzRead reads whatever comes without a panic, and what it reads is in order.
func FuzzRead(f *testing.F) {
	f.Add(head + pods + `{"t":1,"collection":{"metric":"users","values":[{"pod":"a","value":1,"at":0}],"failures":{"b":"timeout"}}}`)
	f.Add(usage(`"pod":"a","at":"2026-11-24T12:00:00Z","window":15,"containers":{"x":0.5}`))
	f.Add(event(`{"t":1,"pass":{"status":{"currentReplicas":2,"desiredReplicas":1}}}`))
	f.Add(event(`{"t":1,"rescale":{"from":2,"to":1,"reason":"x"}}`) + `{"t":2,"gone":"a"}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		at := 0.0
		for _, e := range r.Events {
			if !(e.T >= at && e.T <= maxSeconds) {
				t.Errorf("t %v after %v", e.T, at)
			}
			at = e.T
		}
	})
}
