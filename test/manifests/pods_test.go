package manifests

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
)

func TestPodsAreRestricted(t *testing.T) {
	for _, overlay := range overlays() {
		for _, d := range all[appsv1.Deployment](t, render(t, overlay), "Deployment") {
			t.Run(overlay+"/"+d.Name, func(t *testing.T) { checkPod(t, d.Spec.Template.Spec) })
		}
	}
}

func checkPod(t *testing.T, spec corev1.PodSpec) {
	t.Helper()
	security := spec.SecurityContext
	check(t, security != nil && security.RunAsNonRoot != nil && *security.RunAsNonRoot, "runAsNonRoot")
	check(t, security != nil && security.SeccompProfile != nil &&
		security.SeccompProfile.Type == corev1.SeccompProfileTypeRuntimeDefault, "seccompProfile RuntimeDefault")
	check(t, spec.AutomountServiceAccountToken != nil, "automountServiceAccountToken said either way")
	check(t, *spec.AutomountServiceAccountToken == (spec.ServiceAccountName != ""), "a token where there is an account of its own, and there only")
	for _, c := range spec.Containers {
		checkContainer(t, c)
	}
}

func checkContainer(t *testing.T, c corev1.Container) {
	t.Helper()
	security := c.SecurityContext
	check(t, security != nil && security.ReadOnlyRootFilesystem != nil && *security.ReadOnlyRootFilesystem, "readOnlyRootFilesystem")
	check(t, security != nil && security.AllowPrivilegeEscalation != nil && !*security.AllowPrivilegeEscalation, "no allowPrivilegeEscalation")
	check(t, security != nil && security.Capabilities != nil && len(security.Capabilities.Drop) == 1 &&
		security.Capabilities.Drop[0] == "ALL" && len(security.Capabilities.Add) == 0, "drop ALL capabilities")
	for _, resource := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		request, limit := c.Resources.Requests[resource], c.Resources.Limits[resource]
		check(t, request.Sign() > 0, "a request of "+string(resource))
		check(t, limit.Sign() > 0, "a limit of "+string(resource))
	}
	for _, mount := range c.VolumeMounts { // the images have one file, /NAME
		check(t, !strings.Contains(c.Image, "/userscale"+mount.MountPath+":"), "no mount over the program at "+mount.MountPath)
	}
	check(t, c.ReadinessProbe != nil, "a readiness probe")
	check(t, c.LivenessProbe != nil, "a liveness probe")
	check(t, c.ImagePullPolicy == corev1.PullIfNotPresent, "imagePullPolicy IfNotPresent")
	check(t, regexp.MustCompile(`^localhost/userscale/[a-z-]+:dev$`).MatchString(c.Image), "image localhost/userscale/NAME:dev")
}

func check(t *testing.T, ok bool, want string) {
	t.Helper()
	if !ok {
		t.Errorf("want %s", want)
	}
}

func TestNothingSkipsVerification(t *testing.T) {
	for _, overlay := range overlays() {
		text, err := render(t, overlay).AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"insecureSkipTLSVerify", "insecure_skip_verify", "insecure-skip"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s contains %s", overlay, word)
			}
		}
	}
}

// What may be written is named.
func TestWritesNameTheirObjects(t *testing.T) {
	for _, overlay := range overlays() {
		resources := render(t, overlay)
		rules := map[string][]rbacv1.PolicyRule{}
		for _, role := range all[rbacv1.ClusterRole](t, resources, "ClusterRole") {
			rules[role.Name] = append(rules[role.Name], role.Rules...)
		}
		for _, role := range all[rbacv1.Role](t, resources, "Role") {
			rules[role.Name] = append(rules[role.Name], role.Rules...)
		}
		for name, rules := range rules {
			for _, rule := range rules {
				for _, verb := range rule.Verbs {
					reads := verb == "get" || verb == "list" || verb == "watch"
					if !reads && len(rule.ResourceNames) == 0 {
						t.Errorf("%s: role %s may %s any of %v", overlay, name, verb, rule.Resources)
					}
				}
			}
		}
	}
}

// An adapter that may not list and watch what it keeps current never gets ready.
func TestAdapterMayWatch(t *testing.T) {
	for _, overlay := range overlays() {
		watched := map[string]bool{}
		for _, role := range all[rbacv1.ClusterRole](t, render(t, overlay), "ClusterRole") {
			for _, rule := range role.Rules {
				for _, resource := range rule.Resources {
					watches := slices.Contains(rule.Verbs, "list") && slices.Contains(rule.Verbs, "watch")
					watched[resource] = watched[resource] || watches && role.Name == "userscale-adapter-discovery"
				}
			}
		}
		for _, resource := range []string{"pods", "services", "horizontalpodautoscalers", "deployments", "statefulsets", "replicasets"} {
			check(t, watched[resource], overlay+": the adapter may list and watch "+resource)
		}
	}
}

// The adapter's reader binding has to be in kube-system, whatever namespace the rest is in.
func TestAuthReaderIsInKubeSystem(t *testing.T) {
	for _, overlay := range overlays() {
		var found bool
		for _, b := range all[rbacv1.RoleBinding](t, render(t, overlay), "RoleBinding") {
			found = found || b.Namespace == "kube-system" && b.RoleRef.Name == "extension-apiserver-authentication-reader"
		}
		check(t, found, overlay+": a RoleBinding to extension-apiserver-authentication-reader in kube-system")
	}
}
