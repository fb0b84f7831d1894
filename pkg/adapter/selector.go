package adapter

import (
	"fmt"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/endpoints/handlers/responsewriters"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/apiserver"
)

// withSelectorCheck answers a malformed metricLabelSelector with 400. The library behind it makes it a 500; it does right by
// a malformed labelSelector.
func withSelectorCheck(next http.Handler) http.Handler {
	prefix := "/apis/" + v1beta2.SchemeGroupVersion.Group + "/"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, prefix) {
			text := r.URL.Query().Get("metricLabelSelector")
			if _, err := labels.Parse(text); err != nil {
				bad := apierrors.NewBadRequest(fmt.Sprintf("metricLabelSelector %q: %v", text, err))
				responsewriters.ErrorNegotiated(bad, apiserver.Codecs, v1beta2.SchemeGroupVersion, w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
