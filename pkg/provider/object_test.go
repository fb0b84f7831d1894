package provider

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/metrics/pkg/apis/custom_metrics"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta1"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/provider"

	"userscale.dev/userscale/pkg/sample"
)

// known is the selectors of the objects that there are; nil where an object has none.
type known map[string]labels.Set

// web is a Service and the Deployment behind it, and a Service for other endpoints.
func web() known {
	pods := labels.Set{"app": "web"}
	return known{"Service shop/web": pods, "Deployment.apps shop/web": pods, "Service shop/endpoints": nil}
}

func (k known) Selector(kind schema.GroupKind, namespace, name string) (labels.Selector, error) {
	switch set, ok := k[fmt.Sprintf("%s %s/%s", kind, namespace, name)]; {
	case !ok:
		return nil, fmt.Errorf("%w: whatever", sample.ErrNoObject)
	case set == nil:
		return nil, fmt.Errorf("%w: for other endpoints", sample.ErrNoSelector)
	default:
		return set.AsSelector(), nil
	}
}

func totalOf(resource, metric string) provider.CustomMetricInfo {
	return provider.CustomMetricInfo{GroupResource: schema.ParseGroupResource(resource), Namespaced: true, Metric: metric}
}

func shop(name string) types.NamespacedName {
	return types.NamespacedName{Namespace: "shop", Name: name}
}

// TestTotalInBothVersions compares what a client reads of an object.
func TestTotalInBothVersions(t *testing.T) {
	for resource, described := range map[string]string{
		"services":         `{"kind":"Service","namespace":"shop","name":"web","apiVersion":"/v1"}`,
		"deployments.apps": `{"kind":"Deployment","namespace":"shop","name":"web","apiVersion":"apps/v1"}`,
	} {
		a := two()
		got, err := New(a, web()).GetMetricByName(context.Background(), shop("web"), totalOf(resource, "users_total"), labels.Everything())
		if err != nil || a.asked != "users_total of all of shop/{app=web}" {
			t.Fatal(a.asked, err)
		}
		list := &custom_metrics.MetricValueList{Items: []custom_metrics.MetricValue{*got}} // as the library answers
		for version, item := range map[schema.GroupVersion]string{
			v1beta1.SchemeGroupVersion: `"metricName":"users_total","timestamp":"2027-01-02T03:04:05Z","window":173,"value":"7500m","selector":null`,
			v1beta2.SchemeGroupVersion: `"metric":{"name":"users_total","selector":null},"timestamp":"2027-01-02T03:04:05Z","windowSeconds":173,"value":"7500m"`,
		} {
			want := `{"kind":"MetricValueList","apiVersion":"` + version.String() + `","metadata":{},"items":[{"describedObject":` + described + `,` + item + "}]}\n"
			if diff := cmp.Diff(want, encode(t, list, version)); diff != "" {
				t.Errorf("%s %s:\n%s", resource, version, diff)
			}
		}
	}
}

func TestErrorsOfObjects(t *testing.T) {
	notFresh := &sample.NotFreshError{
		Metric: "users_total", MaxAge: 15 * time.Second, Matched: 2, Causes: []sample.Cause{{Reason: "timeout", Pods: 2}},
	}
	noPod := fmt.Errorf(`%w: none in namespace "shop" matches "app=web"`, sample.ErrNoPod)
	unknown := fmt.Errorf("%w: users", sample.ErrUnknownMetric)
	for name, test := range map[string]struct {
		resource, object, metric string
		err                      error // the reader's
		code                     int32
		message                  string
	}{
		"no such object": {"services", "db", "users_total", nil, http.StatusNotFound,
			"the server could not find the metric users_total for services db"},
		"an object of another kind": {"statefulsets.apps", "web", "users_total", nil, http.StatusNotFound,
			"the server could not find the metric users_total for statefulsets.apps web"},
		"another group": {"deployments.extensions", "web", "users_total", nil, http.StatusNotFound,
			"the server could not find the metric users_total for deployments.extensions"},
		"no selector": {"services", "endpoints", "users_total", nil, http.StatusNotFound,
			"the server could not find the metric users_total for services endpoints: no selector: for other endpoints"},
		"no pod": {"deployments.apps", "web", "users_total", noPod, http.StatusNotFound,
			`the server could not find the metric users_total for deployments.apps web: no such pod: none in namespace "shop" matches "app=web"`},
		"a metric of pods": {"services", "web", "users", unknown, http.StatusNotFound,
			"the server could not find the metric users for services"},
		"nothing fresh": {"services", "web", "users_total", notFresh, http.StatusServiceUnavailable,
			"users_total: 2 pods match, none has a value younger than 15s: 2 timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			a := two()
			a.err = test.err
			_, err := New(a, web()).GetMetricByName(context.Background(), shop(test.object), totalOf(test.resource, test.metric), nil)
			wantStatus(t, err, test.code, test.message)
		})
	}
}

// TestObjectsAreNamed shows that objects are not served by selector, and what is said of it.
func TestObjectsAreNamed(t *testing.T) {
	for metric, want := range map[string]struct {
		code    int32
		message string
	}{
		"users_total": {http.StatusBadRequest, "users_total of services is served by name only: name one in place of *"},
		"users":       {http.StatusNotFound, "the server could not find the metric users for services"},
	} {
		_, err := New(two(), web()).GetMetricBySelector(context.Background(), "shop", labels.Everything(), totalOf("services", metric), nil)
		wantStatus(t, err, want.code, want.message)
	}
}
