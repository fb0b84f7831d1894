// Package policy reads what decides how a workload is scaled: an HPA as a cluster would store it, and the adapter's configuration.
package policy

import (
	"errors"
	"fmt"
	"os"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"userscale.dev/userscale/pkg/adapter/meaning"
	"userscale.dev/userscale/pkg/config"
	"userscale.dev/userscale/pkg/discover"
	"userscale.dev/userscale/pkg/smoothing"
	"userscale.dev/userscale/pkg/store"
)

// MostPods is how many pods a replay can have. With ten thousand of them a minute takes seconds.
const MostPods = 10_000

// Policy is an HPA and a configuration that serves all its metrics.
type Policy struct {
	HPA      *autoscalingv2.HorizontalPodAutoscaler // with its defaults, and valid
	Settings *config.AdapterConfiguration

	Metrics  []store.Metric     // of the settings
	Rules    discover.Rules     // of the settings
	Override smoothing.Override // what the HPA's annotations ask for
}

// Load reads both files. Without a configuration it is the shipped one. The error names the file and every bad field.
func Load(hpaPath, configPath string) (*Policy, error) {
	text, err := os.ReadFile(hpaPath)
	if err != nil {
		return nil, fmt.Errorf("HPA: %w", err)
	}
	hpa, err := ReadHPA(text)
	if err != nil {
		return nil, fmt.Errorf("HPA from %s: %w", hpaPath, err)
	}
	settings, err := ReadSettings(configPath)
	if err != nil {
		return nil, err
	}
	p, err := New(hpa, settings)
	if err != nil {
		beside := "configuration from " + configPath
		if configPath == "" {
			beside = "shipped configuration"
		}
		return nil, fmt.Errorf("HPA from %s with the %s: %w", hpaPath, beside, err)
	}
	return p, nil
}

// New puts an HPA, as [ReadHPA] returns it, and a configuration together. The error names each of the HPA's metrics that the
// configuration does not serve or a replay has no values of.
func New(hpa *autoscalingv2.HorizontalPodAutoscaler, settings *config.AdapterConfiguration) (*Policy, error) {
	p := &Policy{HPA: hpa, Settings: settings}
	var err error
	if p.Metrics, err = meaning.StoreMetrics(settings); err != nil {
		return nil, err
	}
	if p.Rules, err = meaning.DiscoveryRules(settings); err != nil {
		return nil, err
	}
	errs := served(hpa, p.Metrics)
	if most := hpa.Spec.MaxReplicas; most > MostPods {
		errs = append(errs, field.Invalid(field.NewPath("spec", "maxReplicas"), most, fmt.Sprintf("a replay has at most %d pods", MostPods)))
	}
	if p.Override = p.Rules.Smoothing(hpa.Annotations); p.Override.Problem != "" {
		errs = append(errs, errors.New("metadata.annotations: "+p.Override.Problem))
	}
	return p, errors.Join(errs...)
}
