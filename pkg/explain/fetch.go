package explain

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/rest"
	"k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
)

// Fetch asks the running adapter through the API server; namespace and name are as for Path. The error says what to do about it.
func Fetch(ctx context.Context, client rest.Interface, namespace, name string) (List, error) {
	path := Path(namespace, name)
	result := client.Get().AbsPath(path).Do(ctx)
	if err := result.Error(); err != nil { // which has the adapter's own words, as Raw's error does not
		return List{}, advise(err, path, namespace, name)
	}
	body, err := result.Raw()
	if err != nil {
		return List{}, fmt.Errorf("ask %s: %w", path, err)
	}
	var list List
	if err := json.Unmarshal(body, &list); err != nil {
		return List{}, fmt.Errorf("%s answers what is no explanation, as an adapter of another version would: %w", path, err)
	}
	return list, nil
}

// apiService is what leads the API server to the adapter.
var apiService = v1beta2.SchemeGroupVersion.Version + "." + v1beta2.SchemeGroupVersion.Group

func advise(err error, path, namespace, name string) error {
	switch {
	case apierrors.IsNotFound(err) && namesHPA(err, name):
		return fmt.Errorf("namespace %s has no HPA %s", namespace, name)
	case apierrors.IsNotFound(err):
		return fmt.Errorf("no adapter that explains is at %s (APIService %s): %w", path, apiService, err)
	case apierrors.IsServiceUnavailable(err):
		return fmt.Errorf("the adapter behind APIService %s cannot answer %s: %w", apiService, path, err)
	case apierrors.IsForbidden(err):
		return fmt.Errorf("no access to %s, which ClusterRole userscale-explain, or view, grants: %w", path, err)
	}
	return fmt.Errorf("ask %s: %w", path, err)
}

// namesHPA tells the adapter's own "not found" from that of an API server that knows no such path.
func namesHPA(err error, name string) bool {
	status, ok := err.(apierrors.APIStatus) //nolint:errorlint // as the client made it
	if !ok {
		return false
	}
	d := status.Status().Details
	return d != nil && d.Group == "autoscaling" && d.Name == name
}
