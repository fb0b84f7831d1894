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
	alphaAnnotation        = annotationPrefix + "alpha"
	riseHalfLifeAnnotation = annotationPrefix + "rise-half-life"
	fallHalfLifeAnnotation = annotationPrefix + "fall-half-life"
)

// overrideOf reads an HPA's annotations. The problem names every one that cannot be followed; none is followed then.
func overrideOf(annotations map[string]string, limits smoothing.Limits) smoothing.Override {
	alpha, alphaErr := alphaOf(annotations, limits)
	rise, riseErr := halfLifeOf(annotations, riseHalfLifeAnnotation, limits)
	fall, fallErr := halfLifeOf(annotations, fallHalfLifeAnnotation, limits)
	var both error
	if alpha != nil && (rise != nil || fall != nil) {
		both = fmt.Errorf("%s: give either it or half-lives, not both", alphaAnnotation)
	}
	if err := errors.Join(alphaErr, riseErr, fallErr, both); err != nil {
		return smoothing.Override{Problem: err.Error()}
	}
	if alpha != nil {
		return smoothing.Override{Rise: &alpha.Rise, Fall: &alpha.Fall}
	}
	return smoothing.Override{Rise: rise, Fall: fall}
}

func alphaOf(annotations map[string]string, limits smoothing.Limits) (*smoothing.HalfLives, error) {
	text, set := annotations[alphaAnnotation]
	if !set {
		return nil, nil
	}
	alpha, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("%s: %q is not a number greater than 0 and at most 1", alphaAnnotation, text)
	}
	half, err := smoothing.FromAlpha(alpha, smoothing.Reference)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", alphaAnnotation, err)
	}
	if !limits.Allow(half.Rise) {
		return nil, fmt.Errorf("%s: %q stands for a half-life of %v, which is not in %v to %v, the smoothingLimits of the configuration",
			alphaAnnotation, text, half.Rise.Round(time.Millisecond), limits.Min, limits.Max)
	}
	return &half, nil
}

func halfLifeOf(annotations map[string]string, name string, limits smoothing.Limits) (*time.Duration, error) {
	text, set := annotations[name]
	if !set {
		return nil, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return nil, fmt.Errorf("%s: %q is not a duration of 0s or more, such as 10s", name, text)
	}
	if !limits.Allow(d) {
		return nil, fmt.Errorf("%s: %q is not in %v to %v, the smoothingLimits of the configuration", name, text, limits.Min, limits.Max)
	}
	return &d, nil
}
