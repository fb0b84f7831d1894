package manifests

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
)

// TestSecretsAreReadByName: what the adapter may do to Secrets it may do to named ones, and to one more with components/credentials.
func TestSecretsAreReadByName(t *testing.T) {
	for component, want := range map[string]map[string][]string{
		"":                       {"userscale-adapter-tls": {"get", "update"}},
		"components/credentials": {"userscale-adapter-tls": {"get", "update"}, "userscale-credentials": {"get"}},
	} {
		got := map[string][]string{}
		for _, role := range all[rbacv1.Role](t, build(t, overlayOf(t, component)), "Role") {
			for _, rule := range role.Rules {
				if !slices.Contains(rule.Resources, "secrets") {
					continue
				}
				if len(rule.ResourceNames) != 1 || role.Namespace != "userscale" {
					t.Fatalf("%s may %v %v in %s", role.Name, rule.Verbs, rule.ResourceNames, role.Namespace)
				}
				got[rule.ResourceNames[0]] = rule.Verbs
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with %q (-want +got):\n%s", component, diff)
		}
	}
}

// overlayOf makes an overlay of the base, and of a component if one is named.
func overlayOf(t *testing.T, component string) string {
	t.Helper()
	folder := t.TempDir()
	absolute, err := filepath.Abs(shipped)
	if err != nil {
		t.Fatal(err)
	}
	to, err := filepath.Rel(folder, absolute)
	if err != nil {
		t.Fatal(err)
	}
	text := "resources: [" + to + "/base]\n"
	if component != "" {
		text += "components: [" + to + "/" + component + "]\n"
	}
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}
