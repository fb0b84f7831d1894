package discover

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"userscale.dev/userscale/pkg/smoothing"
)

// The annotations by which an HPA asks for its own smoothing of all its metrics: alpha per reference interval for both directions,
// or half-lives, of which one may be left out.
const (
	AnnotationAlpha        = annotationPrefix + "alpha"
	AnnotationRiseHalfLife = annotationPrefix + "rise-half-life"
	AnnotationFallHalfLife = annotationPrefix + "fall-half-life"
)

// SmoothingOverride reads an HPA's annotations. The error names every one that cannot be followed; none is followed then.
func SmoothingOverride(annotations map[string]string) (smoothing.Override, error) {
	alpha, alphaErr := overrideAlpha(annotations)
	rise, riseErr := overrideHalfLife(annotations, AnnotationRiseHalfLife)
	fall, fallErr := overrideHalfLife(annotations, AnnotationFallHalfLife)
	var both error
	if alpha != nil && (rise != nil || fall != nil) {
		both = fmt.Errorf("%s: give either it or half-lives, not both", AnnotationAlpha)
	}
	if err := errors.Join(alphaErr, riseErr, fallErr, both); err != nil {
		return smoothing.Override{}, err
	}
	if alpha != nil {
		return smoothing.Override{Rise: &alpha.Rise, Fall: &alpha.Fall}, nil
	}
	return smoothing.Override{Rise: rise, Fall: fall}, nil
}

func overrideAlpha(annotations map[string]string) (*smoothing.HalfLives, error) {
	text, set := annotations[AnnotationAlpha]
	if !set {
		return nil, nil
	}
	alpha, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("%s: %q is not a number greater than 0 and at most 1", AnnotationAlpha, text)
	}
	half, err := smoothing.FromAlpha(alpha, smoothing.Reference)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", AnnotationAlpha, err)
	}
	return &half, nil
}

func overrideHalfLife(annotations map[string]string, name string) (*time.Duration, error) {
	text, set := annotations[name]
	if !set {
		return nil, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return nil, fmt.Errorf("%s: %q is not a duration of 0s or more, such as 10s", name, text)
	}
	return &d, nil
}
