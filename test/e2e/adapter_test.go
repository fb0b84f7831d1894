package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"userscale.dev/userscale/test/observe"
)

// selfMetric reads one of the adapter's own metrics for this workload's HPA and users.
func (w *deployed) selfMetric(t *testing.T, name string) float64 {
	t.Helper()
	value, err := w.readSelf(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// readSelf does what selfMetric does where the adapter may be away.
func (w *deployed) readSelf(ctx context.Context, name string) (float64, error) {
	body, err := scrapeAdapter(ctx)
	if err != nil {
		return 0, err
	}
	line := regexp.MustCompile(fmt.Sprintf(`(?m)^%s\{[^}]*metric="%s",namespace="%s"[^}]*\} (\S+)$`, name, observe.Users, w.namespace))
	found := line.FindSubmatch(body)
	if found == nil {
		return 0, fmt.Errorf("the adapter's /metrics has no %s of namespace %s", name, w.namespace)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// scrapeAdapter gets /metrics from the adapter itself: its certificate is verified against the CA that it published, and the
// client's certificate, the cluster administrator's, is verified and authorised by the adapter. The connection is not kept, since
// the adapter behind it may be killed.
func scrapeAdapter(ctx context.Context) ([]byte, error) {
	service, err := shared.Client.CoreV1().Services(systemNamespace).Get(ctx, adapter, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("get the adapter's service: %w", err)
	}
	bundle, err := publishedCA(ctx)
	if err != nil {
		return nil, err
	}
	config := rest.CopyConfig(shared.Config)
	config.Host = "https://" + service.Spec.ClusterIP
	config.CAFile, config.CAData, config.ServerName = "", bundle, adapter+"."+systemNamespace+".svc"
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("make a client of the adapter: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, config.Host+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	request.Close = true
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("read the adapter's /metrics: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET /metrics of the adapter: %s: %.200s", response.Status, body)
	}
	return body, nil
}

// publishedCA is the CA by which the API server verifies the adapter.
func publishedCA(ctx context.Context) ([]byte, error) {
	body, err := shared.Client.CoreV1().RESTClient().Get().
		AbsPath("/apis/apiregistration.k8s.io/v1/apiservices/v1beta2.custom.metrics.k8s.io").DoRaw(ctx)
	if err != nil {
		return nil, fmt.Errorf("get the adapter's APIService: %w", err)
	}
	var service struct {
		Spec struct {
			CABundle []byte `json:"caBundle"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(body, &service); err != nil {
		return nil, fmt.Errorf("decode the adapter's APIService: %w", err)
	}
	return service.Spec.CABundle, nil
}
