package hpa

import autoscalingv2 "k8s.io/api/autoscaling/v2"

// Tolerances are how far a ratio may be from 1 before the HPA changes anything, as parts of 1: {0.1, 0.3} is from 0.7 to 1.1.
type Tolerances struct{ Up, Down float64 }

// TolerancesOf returns an HPA's tolerances: behavior's own where it has them, which Kubernetes 1.35 and newer heed, or else the
// default. Source: horizontal.go, tolerancesForHpa.
func TolerancesOf(h *autoscalingv2.HorizontalPodAutoscaler) Tolerances {
	t := Tolerances{Up: DefaultTolerance, Down: DefaultTolerance}
	b := h.Spec.Behavior
	if b == nil {
		return t
	}
	if b.ScaleUp != nil && b.ScaleUp.Tolerance != nil {
		t.Up = b.ScaleUp.Tolerance.AsApproximateFloat64()
	}
	if b.ScaleDown != nil && b.ScaleDown.Tolerance != nil {
		t.Down = b.ScaleDown.Tolerance.AsApproximateFloat64()
	}
	return t
}

// hold tells whether a ratio is inside the band. Both edges belong to it. Source: replica_calculator.go, Tolerances.isWithin.
func (t Tolerances) hold(ratio float64) bool {
	return 1-t.Down <= ratio && ratio <= 1+t.Up
}
