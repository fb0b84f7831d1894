// Package endpoint answers for package explain in the adapter's API server, and alone needs what API servers are made of.
package endpoint

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

	"userscale.dev/userscale/pkg/explain"
)

// explainer is an explain.Explainer.
type explainer interface {
	Explain(ctx context.Context, namespace, name string) (explain.List, error)
}

// With answers at explain.Path, and leaves the rest to next. It has to run after authorisation.
func With(next http.Handler, e explainer) http.Handler {
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
		info.Resource == explain.Resource && info.Subresource == explain.Subresource && len(info.Parts) == 3
}

func answer(r *http.Request, info *request.RequestInfo, e explainer) (explain.List, error) {
	switch {
	case r.Method != http.MethodGet:
		return explain.List{}, apierrors.NewMethodNotSupported(schema.GroupResource{Group: info.APIGroup, Resource: explain.Resource + "/" + explain.Subresource}, info.Verb)
	case info.Namespace == "" && info.Name != explain.All:
		return explain.List{}, apierrors.NewBadRequest(fmt.Sprintf("name %q: without a namespace only %s is allowed", info.Name, explain.All))
	}
	list, err := e.Explain(r.Context(), info.Namespace, info.Name)
	if err != nil && !apierrors.IsNotFound(err) {
		return explain.List{}, apierrors.NewServiceUnavailable(err.Error())
	}
	return list, err
}
