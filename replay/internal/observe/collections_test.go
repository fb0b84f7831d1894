package observe

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"userscale.dev/userscale/pkg/explain"
	"userscale.dev/userscale/pkg/sample"
	"userscale.dev/userscale/replay/internal/policy"
	"userscale.dev/userscale/replay/internal/recording"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// looks are explanations of one metric, by when they were given.
type look struct {
	at   time.Duration
	pods []explain.Pod
}

// sampled is a pod with a value that was measured at a moment.
func sampled(name string, value float64, look, at time.Duration) explain.Pod {
	age := (look - at).Seconds()
	return explain.Pod{Name: name, State: sample.StateFresh, Raw: &value, AgeSeconds: &age}
}

func failing(p explain.Pod, reason string) explain.Pod {
	p.Reason = reason
	return p
}

const ms = time.Millisecond

func TestCollections(t *testing.T) {
	for name, c := range map[string]struct {
		looks []look
		want  []string
	}{
		"each once, when its newest sample was taken": {
			[]look{
				{250 * ms, []explain.Pod{sampled("a", 1, 250*ms, 10*ms), sampled("b", 2, 250*ms, 12*ms)}},
				{500 * ms, []explain.Pod{sampled("a", 1, 500*ms, 11*ms), sampled("b", 2, 500*ms, 11*ms)}}, // ages are rounded
				{1250 * ms, []explain.Pod{sampled("a", 1, 1250*ms, 1010*ms), sampled("b", 3, 1250*ms, 1013*ms)}},
			},
			[]string{"0.012 users a=1@0.010 b=2@0.012", "1.013 users a=1@1.010 b=3@1.013"},
		},
		"after the look that did not have it": {
			[]look{
				{250 * ms, []explain.Pod{sampled("a", 1, 250*ms, -20000*ms)}},
				{4000 * ms, []explain.Pod{sampled("a", 1, 4000*ms, -20000*ms)}},
				{4250 * ms, []explain.Pod{sampled("a", 5, 4250*ms, -5000*ms)}}, // as relayed by a Prometheus
			},
			[]string{"0.000 users a=1@-20.000", "4.000 users a=5@-5.000"},
		},
		"another value of the same time": {
			[]look{
				{250 * ms, []explain.Pod{sampled("a", 1, 250*ms, 0)}},
				{500 * ms, []explain.Pod{sampled("a", 2, 500*ms, 0)}},
			},
			[]string{"0.000 users a=1@0.000", "0.250 users a=2@0.000"},
		},
		"failures": {
			[]look{
				{250 * ms, []explain.Pod{sampled("a", 1, 250*ms, 0), failing(explain.Pod{Name: "b"}, "connection")}},
				{500 * ms, []explain.Pod{sampled("a", 1, 500*ms, 0), failing(explain.Pod{Name: "b"}, "connection")}},
				{1250 * ms, []explain.Pod{sampled("a", 2, 1250*ms, 1000*ms), failing(explain.Pod{Name: "b"}, "connection")}},
				{2250 * ms, []explain.Pod{failing(sampled("a", 2, 2250*ms, 1000*ms), "timeout"), failing(explain.Pod{Name: "b"}, "connection")}},
			},
			[]string{"0.000 users a=1@0.000 b:connection", "1.000 users a=2@1.000 b:connection", "1.250 users a:timeout b:connection"},
		},
		"what no collection said": {
			[]look{{250 * ms, []explain.Pod{
				sampled("a", 1, 250*ms, 0), failing(explain.Pod{Name: "b"}, "not_scraped"), failing(explain.Pod{Name: "c"}, "not known to the adapter yet"),
				failing(explain.Pod{Name: "d"}, "reused_ip"), {Name: "e"},
			}}},
			[]string{"0.000 users a=1@0.000"},
		},
		"no value, of a pod that was asked": {
			[]look{{250 * ms, []explain.Pod{sampled("a", 1, 250*ms, 0), failing(explain.Pod{Name: "b"}, "no_value")}}},
			[]string{"0.000 users a=1@0.000 b:no_value"},
		},
		"one that failed as a whole": {
			[]look{{250 * ms, []explain.Pod{failing(sampled("a", 1, 250*ms, 0), "collection_failed")}}, {500 * ms, []explain.Pod{sampled("a", 2, 500*ms, 400*ms)}}},
			[]string{"0.400 users a=2@0.400"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJournal()
			for _, pod := range []string{"a", "b", "c", "d", "e"} {
				j.setPod(thePod(pod))
			}
			j.setHPA(theHPA())
			j.begin(noon, &recording.Header{})
			j.events = nil
			taken := &collections{journal: j, names: map[string]string{"u": "users", "u_raw": "users"}, scraped: map[string]bool{"users": true}, seen: map[string]map[string]seen{}}
			for _, l := range c.looks {
				taken.take(&explain.Report{Time: noon.Add(l.at), Metrics: []explain.Metric{
					{Type: autoscalingv2.ResourceMetricSourceType, Name: "u"},
					{Type: autoscalingv2.PodsMetricSourceType, Name: "u", Pods: l.pods},
					{Type: autoscalingv2.PodsMetricSourceType, Name: "u_raw"},
				}})
			}
			var got []string
			for _, e := range j.finish().Events {
				got = append(got, tell(e))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A collection has the pods that were there then: not one that nobody has seen, and one that comes into sight later makes it later.
func TestCollectionsOfPodsThatAreThere(t *testing.T) {
	j := newJournal()
	j.setHPA(theHPA())
	j.begin(noon, &recording.Header{})
	life := func(name string, since, until float64) { j.pods[name] = &life{thePod(name), since, until} }
	life("old", 0, 9)
	life("new", 1.03, 9)
	life("gone before", 0, 0.98)
	life("gone later", 0, 1.5)
	j.collect(noon.Add(time.Second), collected{
		metric: "users", failures: map[string]string{"old": "timeout", "gone before": "timeout", "stranger": "timeout"},
		values: []reading{{"new", 1, noon}, {"gone before", 2, noon}, {"gone later", 3, noon}, {"stranger", 4, noon}},
	})
	life("new", 1.03, inf)
	j.collect(noon.Add(time.Second), collected{metric: "users", values: []reading{{"new", 1, noon}, {"gone later", 3, noon}}})
	j.collect(noon.Add(time.Second), collected{metric: "users", values: []reading{{"stranger", 1, noon}}})
	var got []string
	for _, e := range j.events {
		got = append(got, tell(e))
	}
	want := []string{"1.000 users gone later=3@0.000 old:timeout", "1.030 users new=1@0.000 gone later=3@0.000"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each of the names by which an HPA can ask for a metric is the metric's.
func TestNames(t *testing.T) {
	p, err := policy.New(theHPA(), shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{users: users, "active_users_raw": users, "active_users_total_smoothed": users}
	c := newCollections(newJournal(), p)
	if diff := cmp.Diff(want, c.names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]bool{users: true}, c.scraped); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a query does not name a pod in is not asked of the pod.
func TestNotNamed(t *testing.T) {
	c := &collections{scraped: map[string]bool{"users": true}}
	p := failing(explain.Pod{Name: "a"}, "no_value")
	if got := c.failure("users", &p) + "," + c.failure("gpu", &p); got != "no_value," {
		t.Errorf("got %s", got)
	}
	p.Reason = "shared_gpu"
	if got := c.failure("gpu", &p); got != "shared_gpu" {
		t.Errorf("got %s", got)
	}
}
