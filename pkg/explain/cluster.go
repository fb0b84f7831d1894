package explain

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	metricsclient "k8s.io/metrics/pkg/client/clientset/versioned"

	"userscale.dev/userscale/pkg/store"
)

// atOnce is how many HPAs are looked at at a time.
const atOnce = 8

// describer knows what was measured of an HPA's pods, and of those that a selector names.
type describer interface {
	Describe(now time.Time, h store.HPA) (store.Description, bool)
	DescribePods(now time.Time, namespace string, selector labels.Selector) (store.Description, bool)
}

// selectors knows which pods an object has.
type selectors interface {
	Selector(kind schema.GroupKind, namespace, name string) (labels.Selector, error)
}

// scales reads the scale subresource of what an HPA scales.
type scales interface {
	Scale(ctx context.Context, namespace string, ref autoscalingv2.CrossVersionObjectReference) (*autoscalingv1.Scale, error)
}

// Sources are what an Explainer asks.
type Sources struct {
	Client  kubernetes.Interface
	Metrics metricsclient.Interface // metrics.k8s.io
	Scales  scales
	Objects selectors
	Values  describer
}

// Explainer reads from the cluster, once per question, what its reports are made of. Nothing is kept between questions.
type Explainer struct{ from Sources }

// New returns an explainer; it contacts nobody.
func New(from Sources) *Explainer { return &Explainer{from: from} }

// Explain explains one HPA, or all of the namespace for the name *, or all there are if the namespace is empty too. The error is
// the API's own: not found, or why the API server could not be asked for HPAs and pods.
func (e *Explainer) Explain(ctx context.Context, namespace, name string) (List, error) {
	options := metav1.ListOptions{}
	if name != All {
		options.FieldSelector = fields.OneTermEqualSelector("metadata.name", name).String()
	}
	hpas, err := e.from.Client.AutoscalingV2().HorizontalPodAutoscalers(namespace).List(ctx, options)
	if err != nil {
		return List{}, fmt.Errorf("list HPAs: %w", err)
	}
	if name != All && len(hpas.Items) == 0 {
		return List{}, apierrors.NewNotFound(autoscalingv2.Resource("horizontalpodautoscalers"), name)
	}
	reports := make([]Report, len(hpas.Items))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range hpas.Items {
		group.Go(func() error {
			in, err := e.read(ctx, &hpas.Items[i])
			reports[i] = Assemble(in)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return List{}, err
	}
	slices.SortFunc(reports, func(a, b Report) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return List{Items: reports}, nil
}

// read gathers what there is to know of an HPA. What the HPA controller could not know either is part of the answer.
func (e *Explainer) read(ctx context.Context, h *autoscalingv2.HorizontalPodAutoscaler) (Input, error) {
	in := Input{HPA: h}
	in.Scale, in.ScaleErr = e.from.Scales.Scale(ctx, h.Namespace, h.Spec.ScaleTargetRef)
	var err error
	if in.ScaleErr == nil && in.Scale.Status.Selector != "" {
		err = e.readPods(ctx, &in)
	}
	in.Now = time.Now() // after the readings, so that none is younger than now
	if d, ok := e.from.Values.Describe(in.Now, store.HPA{Namespace: h.Namespace, Name: h.Name}); ok {
		in.Values = &d
	}
	in.Objects = e.objects(h, in.Now)
	return in, err
}

func (e *Explainer) readPods(ctx context.Context, in *Input) error {
	options := metav1.ListOptions{LabelSelector: in.Scale.Status.Selector}
	list, err := e.from.Client.CoreV1().Pods(in.HPA.Namespace).List(ctx, options)
	if err != nil {
		return fmt.Errorf("list the pods of HPA %s/%s: %w", in.HPA.Namespace, in.HPA.Name, err)
	}
	in.Pods = make([]*corev1.Pod, len(list.Items))
	for i := range list.Items {
		in.Pods[i] = &list.Items[i]
	}
	if !needsUsage(in.HPA) {
		return nil
	}
	usage, err := e.from.Metrics.MetricsV1beta1().PodMetricses(in.HPA.Namespace).List(ctx, options)
	if err != nil {
		in.UsageErr = fmt.Errorf("metrics.k8s.io: %w", err)
		return nil
	}
	in.Usage = usage.Items
	return nil
}

func needsUsage(h *autoscalingv2.HorizontalPodAutoscaler) bool {
	return slices.ContainsFunc(h.Spec.Metrics, func(m autoscalingv2.MetricSpec) bool {
		return m.Resource != nil || m.ContainerResource != nil
	})
}
