package plan

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// FuzzOptions: a name that is accepted leads nowhere but into the cluster's own directory and cgroup, and says nothing more than a
// name in the files that it is written into.
func FuzzOptions(f *testing.F) {
	for _, name := range []string{DefaultName, "a", "test-1", "../etc", "a\nb", "a/b", "", "-", strings.Repeat("a", MaxName+1), "null", "1e3", "é"} {
		f.Add(name, int64(DefaultHPASyncPeriod), []byte("authority"))
	}
	f.Add("a", int64(time.Millisecond), []byte(nil))
	const root = "/var/lib/localkube"
	f.Fuzz(func(t *testing.T, name string, period int64, caBundle []byte) {
		o := Options{Name: name, HPASyncPeriod: time.Duration(period)}
		if err := o.Validate(); err != nil {
			if !strings.Contains(err.Error(), "must be") {
				t.Errorf("%q: refused with %v", name, err)
			}
			return
		}
		l := Layout{Dir: filepath.Join(root, name)}
		if filepath.Dir(l.Dir) != root || filepath.Base(l.Dir) != name || len(l.Socket()) > 107 {
			t.Errorf("%q: its directory is %s, its socket %s", name, l.Dir, l.Socket())
		}
		if cgroup := CgroupName(name); filepath.Base(cgroup) != cgroup {
			t.Errorf("%q: its cgroup is %s", name, cgroup)
		}
		checkFiles(t, o, l)
		checkObjects(t, o, l, caBundle)
	})
}

// checkFiles: the name changes no file but where a name belongs.
func checkFiles(t *testing.T, o Options, l Layout) {
	t.Helper()
	got, err := Files(o, l)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Files(testOptions, testLayout)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range got {
		if strings.Count(text, "\n") != strings.Count(plain[name], "\n") {
			t.Errorf("%q: %s has lines of its own:\n%s", o.Name, name, text)
		}
	}
	var kubelet map[string]any
	if err := yaml.UnmarshalStrict([]byte(got["kubelet.yaml"]), &kubelet); err != nil || kubelet["cgroupRoot"] != "/"+CgroupName(o.Name) {
		t.Errorf("%q: cgroupRoot is %v: %v", o.Name, kubelet["cgroupRoot"], err)
	}
	if !json.Valid([]byte(got["cni.conflist"])) {
		t.Errorf("%q: cni.conflist is not JSON:\n%s", o.Name, got["cni.conflist"])
	}
}

func checkObjects(t *testing.T, o Options, l Layout, caBundle []byte) {
	t.Helper()
	documents, err := Objects(o, l, caBundle)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Objects(testOptions, testLayout, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(documents) != len(plain) {
		t.Errorf("%q: %d objects, want %d", o.Name, len(documents), len(plain))
	}
	for _, document := range documents {
		var object map[string]any
		if err := yaml.UnmarshalStrict([]byte(document), &object); err != nil || object["kind"] == nil {
			t.Errorf("%q: %v in:\n%s", o.Name, err, document)
		}
		// Every scalar stays a name: one that reads as a number or as null would be another type to the API server.
		if metadata, ok := object["metadata"].(map[string]any); ok {
			if _, isText := metadata["name"].(string); !isText {
				t.Errorf("%q: an object's name is %v", o.Name, metadata["name"])
			}
		}
	}
}
