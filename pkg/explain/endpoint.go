package explain

import (
	"context"
	"fmt"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/endpoints/handlers/responsewriters"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/apiserver"
)

// All is the name that stands for every HPA.
const All = "*"

// The endpoint looks like a subresource in the adapter's own API group, so that the API server authenticates, authorises and
// proxies it like any other: get on horizontalpodautoscalers.autoscaling/explain in custom.metrics.k8s.io.
const (
	hpaResource = "horizontalpodautoscalers.autoscaling"
	subresource = "explain"
)

// Path is where an HPA is explained: the HPAs of a namespace if the name is All, those of all namespaces if namespace is empty.
func Path(namespace, name string) string {
	if namespace != "" {
		namespace = "namespaces/" + namespace + "/"
	}
	return fmt.Sprintf("/apis/%s/%s%s/%s/%s", v1beta2.SchemeGroupVersion, namespace, hpaResource, name, subresource)
}

// explainer is an Explainer.
type explainer interface {
	Explain(ctx context.Context, namespace, name string) (List, error)
}

// WithEndpoint answers at Path, and leaves the rest to next. It has to run after authorisation.
func WithEndpoint(next http.Handler, e explainer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info, ok := request.RequestInfoFrom(r.Context())
		if !ok || !isExplain(info) {
			next.ServeHTTP(w, r)
			return
		}
		list, err := answer(r, info, e)
		if err != nil {
			responsewriters.ErrorNegotiated(err, apiserver.Codecs, v1beta2.SchemeGroupVersion, w, r)
			return
		}
		responsewriters.WriteRawJSON(http.StatusOK, list, w)
	})
}

func isExplain(info *request.RequestInfo) bool {
	return info.IsResourceRequest && info.APIGroup == v1beta2.SchemeGroupVersion.Group &&
		info.APIVersion == v1beta2.SchemeGroupVersion.Version &&
		info.Resource == hpaResource && info.Subresource == subresource && len(info.Parts) == 3
}

func answer(r *http.Request, info *request.RequestInfo, e explainer) (List, error) {
	switch {
	case r.Method != http.MethodGet:
		return List{}, apierrors.NewMethodNotSupported(schema.GroupResource{Group: info.APIGroup, Resource: hpaResource + "/" + subresource}, info.Verb)
	case info.Namespace == "" && info.Name != All:
		return List{}, apierrors.NewBadRequest(fmt.Sprintf("name %q: without a namespace only %s is allowed", info.Name, All))
	}
	list, err := e.Explain(r.Context(), info.Namespace, info.Name)
	if err != nil && !apierrors.IsNotFound(err) {
		return List{}, apierrors.NewServiceUnavailable(err.Error())
	}
	return list, err
}
