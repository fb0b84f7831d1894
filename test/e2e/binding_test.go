package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/test/observe"
)

// Names of the grants that let the HPA controller read custom metrics: Kubernetes' own role, which a cluster may trim, and the
// binding that is shipped.
const (
	ownRole        = "system:controller:horizontal-pod-autoscaler"
	shippedBinding = "userscale-hpa-controller-custom-metrics"
)

// testBinding shows that the shipped binding is what lets the HPA read on a cluster that trims Kubernetes' own role: with it the
// HPA works, without it it is forbidden to, and it recovers.
func testBinding(t *testing.T) {
	w := newWorkload(t, settings{min: 2, max: 3, window: 0})
	trimOwnRole(t)
	pause(t, 20*time.Second) // more than a sync
	w.until(t, time.Minute, "the HPA to read by the shipped binding", func(o observe.Observation) bool { return o.Active })

	bindings := shared.Client.RbacV1().ClusterRoleBindings()
	binding, err := bindings.Get(t.Context(), shippedBinding, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := bindings.Delete(t.Context(), shippedBinding, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	w.until(t, time.Minute, "the HPA to be forbidden to read", func(o observe.Observation) bool {
		return !o.Active && strings.Contains(o.Reason, "forbidden")
	})
	binding.ResourceVersion, binding.UID = "", ""
	if _, err := bindings.Create(t.Context(), binding, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	w.until(t, time.Minute, "the HPA to work again", func(o observe.Observation) bool { return o.Active })
}

// trimOwnRole takes custom metrics out of Kubernetes' own role until the test ends.
func trimOwnRole(t *testing.T) {
	t.Helper()
	roles := shared.Client.RbacV1().ClusterRoles()
	setRules := func(ctx context.Context, change func([]rbacv1.PolicyRule) []rbacv1.PolicyRule) error {
		role, err := roles.Get(ctx, ownRole, metav1.GetOptions{})
		if err != nil {
			return err
		}
		role.Rules = change(role.Rules)
		_, err = roles.Update(ctx, role, metav1.UpdateOptions{})
		return err
	}
	var before []rbacv1.PolicyRule
	trim := func(rules []rbacv1.PolicyRule) []rbacv1.PolicyRule {
		before = slices.Clone(rules)
		return slices.DeleteFunc(rules, func(r rbacv1.PolicyRule) bool { return slices.Contains(r.APIGroups, "custom.metrics.k8s.io") })
	}
	if err := setRules(t.Context(), trim); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := setRules(context.Background(), func([]rbacv1.PolicyRule) []rbacv1.PolicyRule { return before }); err != nil {
			t.Errorf("restore role %s: %v", ownRole, err)
		}
	})
}
