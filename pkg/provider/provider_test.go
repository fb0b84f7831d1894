package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/metrics/pkg/apis/custom_metrics/install"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta1"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/provider"

	"userscale.dev/userscale/pkg/sample"
)

// answers is a reader that says the same whatever it is asked, and remembers the question.
type answers struct {
	values []sample.Value
	err    error
	asked  string
}

func (a *answers) Group(_ time.Time, metric, namespace string, selector labels.Selector) ([]sample.Value, error) {
	a.asked = fmt.Sprintf("%s of %s/{%s}", metric, namespace, selector)
	return a.values, a.err
}

func (a *answers) Pod(_ time.Time, metric, namespace, name string) (sample.Value, error) {
	a.asked = fmt.Sprintf("%s of %s/%s", metric, namespace, name)
	if a.err != nil {
		return sample.Value{}, a.err
	}
	return a.values[0], nil
}

func (a *answers) Total(_ time.Time, metric, namespace string, selector labels.Selector) (sample.Value, error) {
	a.asked = fmt.Sprintf("%s of all of %s/{%s}", metric, namespace, selector)
	if a.err != nil {
		return sample.Value{}, a.err
	}
	total := a.values[0]
	total.Name = "" // as the store's
	return total, nil
}

func (a *answers) Metrics() []string    { return []string{"users", "users_raw"} }
func (a *answers) TotalNames() []string { return []string{"users_total"} }

func two() *answers {
	at := time.Date(2027, 1, 2, 3, 4, 5, 999_999_999, time.UTC)
	return &answers{values: []sample.Value{
		{Namespace: "shop", Name: "a", Milli: 7500, Time: at, Window: 173_200 * time.Millisecond},
		{Namespace: "shop", Name: "b", Milli: 9_007_199_254_740_993, Time: at.Add(-10 * time.Second)},
	}}
}

func users() provider.CustomMetricInfo {
	return provider.CustomMetricInfo{GroupResource: pods(), Namespaced: true, Metric: "users"}
}

func parse(t *testing.T, text string) labels.Selector {
	t.Helper()
	s, err := labels.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func encode(t *testing.T, list runtime.Object, version schema.GroupVersion) string {
	t.Helper()
	scheme := runtime.NewScheme()
	install.Install(scheme)
	text, err := runtime.Encode(serializer.NewCodecFactory(scheme).LegacyCodec(version), list)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestBothVersions compares what a client reads.
func TestBothVersions(t *testing.T) {
	a := two()
	list, err := New(a, web()).GetMetricBySelector(context.Background(), "shop", parse(t, "app=web"), users(), labels.Everything())
	if err != nil || a.asked != "users of shop/{app=web}" {
		t.Fatal(a.asked, err)
	}
	for version, want := range map[schema.GroupVersion]string{
		v1beta1.SchemeGroupVersion: `{"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta1","metadata":{},"items":[` +
			`{"describedObject":{"kind":"Pod","namespace":"shop","name":"a","apiVersion":"/v1"},"metricName":"users",` +
			`"timestamp":"2027-01-02T03:04:05Z","window":173,"value":"7500m","selector":null},` +
			`{"describedObject":{"kind":"Pod","namespace":"shop","name":"b","apiVersion":"/v1"},"metricName":"users",` +
			`"timestamp":"2027-01-02T03:03:55Z","value":"9007199254740993m","selector":null}]}` + "\n",
		v1beta2.SchemeGroupVersion: `{"kind":"MetricValueList","apiVersion":"custom.metrics.k8s.io/v1beta2","metadata":{},"items":[` +
			`{"describedObject":{"kind":"Pod","namespace":"shop","name":"a","apiVersion":"/v1"},"metric":{"name":"users","selector":null},` +
			`"timestamp":"2027-01-02T03:04:05Z","windowSeconds":173,"value":"7500m"},` +
			`{"describedObject":{"kind":"Pod","namespace":"shop","name":"b","apiVersion":"/v1"},"metric":{"name":"users","selector":null},` +
			`"timestamp":"2027-01-02T03:03:55Z","value":"9007199254740993m"}]}` + "\n",
	} {
		if diff := cmp.Diff(want, encode(t, list, version)); diff != "" {
			t.Errorf("%s:\n%s", version, diff)
		}
	}
}

func TestByName(t *testing.T) {
	a := two()
	got, err := New(a, web()).GetMetricByName(context.Background(), types.NamespacedName{Namespace: "shop", Name: "a"}, users(), labels.Everything())
	if err != nil || a.asked != "users of shop/a" {
		t.Fatal(a.asked, err)
	}
	if got.DescribedObject.Name != "a" || got.Value.String() != "7500m" || *got.WindowSeconds != 173 ||
		!got.Timestamp.Time.Equal(time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("got %+v", got)
	}
}

func TestErrors(t *testing.T) {
	notFresh := &sample.NotFreshError{
		Metric: "users", MaxAge: 15 * time.Second, Matched: 3,
		Causes: []sample.Cause{{Reason: "timeout", Pods: 2}, {Reason: "connection", Pods: 1}},
	}
	nodes := schema.GroupResource{Resource: "nodes"}
	for _, test := range []struct {
		name             string
		err              error
		info             provider.CustomMetricInfo
		metricSelector   string
		code             int32
		byName, bySelect string
	}{
		{"unknown metric", fmt.Errorf("%w: users", sample.ErrUnknownMetric), users(), "", http.StatusNotFound,
			"the server could not find the metric users for pods",
			"the server could not find the metric users for pods"},
		{"no pod", fmt.Errorf("%w: whatever", sample.ErrNoPod), users(), "", http.StatusNotFound,
			"the server could not find the metric users for pods a",
			"the server could not find the metric users for pods * with selector app=web"},
		{"nothing fresh", notFresh, users(), "", http.StatusServiceUnavailable,
			"users: 3 pods match, none has a value younger than 15s: 2 timeout, 1 connection",
			"users: 3 pods match, none has a value younger than 15s: 2 timeout, 1 connection"},
		{"anything else", errors.New("no idea"), users(), "", http.StatusServiceUnavailable, "no idea", "no idea"},
		{"metric selector", nil, users(), "a=b", http.StatusBadRequest,
			"metric label selectors are not supported", "metric label selectors are not supported"},
		{"another resource", nil, provider.CustomMetricInfo{GroupResource: nodes, Namespaced: true, Metric: "users"}, "",
			http.StatusNotFound,
			"the server could not find the metric users for nodes",
			"the server could not find the metric users for nodes"},
		{"no namespace", nil, provider.CustomMetricInfo{GroupResource: pods(), Metric: "users"}, "", http.StatusNotFound,
			"the server could not find the metric users for pods",
			"the server could not find the metric users for pods"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := two()
			a.err = test.err
			p, metricSelector := New(a, web()), parse(t, test.metricSelector)
			_, byName := p.GetMetricByName(context.Background(), types.NamespacedName{Namespace: "shop", Name: "a"}, test.info, metricSelector)
			wantStatus(t, byName, test.code, test.byName)
			_, bySelect := p.GetMetricBySelector(context.Background(), "shop", parse(t, "app=web"), test.info, metricSelector)
			wantStatus(t, bySelect, test.code, test.bySelect)
		})
	}
}

func wantStatus(t *testing.T, err error, code int32, message string) {
	t.Helper()
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Code != code || status.Status().Message != message {
		t.Errorf("got %v, want %d %q", err, code, message)
	}
}

func TestListAllMetrics(t *testing.T) {
	var got []string
	for _, info := range New(two(), web()).ListAllMetrics() {
		if !info.Namespaced {
			t.Errorf("%s has no namespace", info)
		}
		got = append(got, info.GroupResource.String()+"/"+info.Metric)
	}
	want := []string{"pods/users", "pods/users_raw", "services/users_total", "deployments.apps/users_total",
		"statefulsets.apps/users_total", "replicasets.apps/users_total"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoWindow shows that a raw value has none, which is not a window of 0.
func TestNoWindow(t *testing.T) {
	got, err := New(two(), web()).GetMetricBySelector(context.Background(), "shop", parse(t, "app=web"), users(), nil)
	if err != nil || got.Items[1].WindowSeconds != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}
