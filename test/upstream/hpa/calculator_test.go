package hpa_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"

	"userscale.dev/userscale/pkg/hpa"
)

// bubbleNow is the time at which every synctest bubble starts, and so what upstream's time.Now says in it.
var bubbleNow = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

const namespace = "default"

// upstreamTolerances sets the unexported fields of upstream's type, which nothing exported can: the controller fills them itself.
// The layout is checked by name, so a change upstream fails here.
func upstreamTolerances(t hpa.Tolerances) podautoscaler.Tolerances {
	var u podautoscaler.Tolerances
	v := reflect.ValueOf(&u).Elem()
	for name, value := range map[string]float64{"scaleUp": t.Up, "scaleDown": t.Down} {
		*(*float64)(unsafe.Pointer(v.FieldByName(name).UnsafeAddr())) = value
	}
	return u
}

// answer is what upstream's calculator says, in our words.
type answer struct {
	replicas    int32
	usage, mean int64
	invalid     bool
}

// ask puts a question to upstream's calculator at bubbleNow.
func ask(t *testing.T, w world, question func(*podautoscaler.ReplicaCalculator, podautoscaler.Tolerances) answer) answer {
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	for _, p := range w.sync.Pods {
		if err := indexer.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	calculator := podautoscaler.NewReplicaCalculator(oneMetric{w.readings, w.object}, corelisters.NewPodLister(indexer),
		w.sync.CPUInitializationPeriod, w.sync.InitialReadinessDelay)
	var a answer
	synctest.Test(t, func(*testing.T) { a = question(calculator, upstreamTolerances(w.sync.Tolerances)) })
	return a
}

// oneMetric serves the same readings for every question about pods, and the same value for every question about an object.
type oneMetric struct {
	readings map[string]hpa.Reading
	object   int64
}

func (m oneMetric) serve() (metrics.PodMetricsInfo, time.Time, error) {
	info := metrics.PodMetricsInfo{}
	for name, r := range m.readings {
		info[name] = metrics.PodMetric{Value: r.Milli, Timestamp: r.Time, Window: r.Window}
	}
	return info, bubbleNow, nil
}

func (m oneMetric) GetResourceMetric(context.Context, corev1.ResourceName, string, labels.Selector, string) (metrics.PodMetricsInfo, time.Time, error) {
	return m.serve()
}

func (m oneMetric) GetRawMetric(string, string, labels.Selector, labels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	return m.serve()
}

func (m oneMetric) GetObjectMetric(string, string, *autoscalingv2.CrossVersionObjectReference, labels.Selector) (int64, time.Time, error) {
	return m.object, bubbleNow, nil
}

func (m oneMetric) GetExternalMetric(string, string, labels.Selector) ([]int64, time.Time, error) {
	return nil, time.Time{}, errors.New("no external metrics here")
}
