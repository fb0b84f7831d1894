package adapter

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"userscale.dev/userscale/pkg/config"
)

func fileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "adapter.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// mounted is a ConfigMap as the kubelet mounts it: the file is a symbolic link through another, which is swapped.
type mounted struct {
	t   *testing.T
	dir string
	n   int
}

func mount(t *testing.T, text string) *mounted {
	m := &mounted{t: t, dir: t.TempDir()}
	m.set(text)
	if err := os.Symlink(filepath.Join("..data", "adapter.yaml"), m.path()); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *mounted) path() string { return filepath.Join(m.dir, "adapter.yaml") }

func (m *mounted) set(text string) {
	m.t.Helper()
	m.n++
	version := filepath.Join(m.dir, strings.Repeat("v", m.n))
	if err := os.Mkdir(version, 0o700); err != nil {
		m.t.Fatal(err)
	}
	for _, err := range []error{
		os.WriteFile(filepath.Join(version, "adapter.yaml"), []byte(text), 0o600),
		os.Chtimes(filepath.Join(version, "adapter.yaml"), time.Unix(1, 0), time.Unix(1, 0)), // which must not matter
		os.Symlink(filepath.Base(version), filepath.Join(m.dir, "..new")),
		os.Rename(filepath.Join(m.dir, "..new"), filepath.Join(m.dir, "..data")),
	} {
		if err != nil {
			m.t.Fatal(err)
		}
	}
}

func newConfiguration(t *testing.T, path string) (*configuration, *prometheus.Registry, *[]*config.AdapterConfiguration) {
	t.Helper()
	registry := prometheus.NewRegistry()
	m, err := newMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	var applied []*config.AdapterConfiguration
	return &configuration{
		load: func() (*config.AdapterConfiguration, error) {
			return config.Load(path, func(string) string { return "" })
		},
		apply: func(_ context.Context, s *config.AdapterConfiguration) error {
			if s.Metrics[0].Name == "bad" {
				return errors.New("cannot be applied")
			}
			applied = append(applied, s)
			return nil
		},
		metrics: m,
	}, registry, &applied
}

const header = "apiVersion: " + config.APIVersion + "\nkind: " + config.Kind + "\nmetrics:\n"

func TestFollow(t *testing.T) {
	good, other := header+"- {name: a, pods: {field: u}}\n", header+"- {name: b, pods: {field: u}}\n"
	synctest.Test(t, func(t *testing.T) {
		file := mount(t, good)
		c, registry, applied := newConfiguration(t, file.path())
		settings, err := c.load()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if err := c.start(ctx, settings); err != nil {
			t.Fatal(err)
		}
		hangup := make(chan os.Signal, 1)
		go c.follow(ctx, hangup)
		start := time.Now()
		for _, step := range []struct {
			name, text string
			hangup     bool
			inForce    string // the metric of
			applied    int    // configurations so far
			successful string
		}{
			{"the same", good, false, "a", 1, "1"},
			{"the same in other words", "# comment\n" + good, false, "a", 1, "1"},
			{"another", other, false, "b", 2, "1"},
			{"bad", header + "- {name: c, pods: {fields: u}}\n", false, "b", 2, "0"},
			{"bad in another way", header, false, "b", 2, "0"},
			{"empty", "", false, "b", 2, "0"},
			{"cannot be applied", header + "- {name: bad, pods: {field: u}}\n", false, "b", 2, "0"},
			{"good again", other, false, "b", 2, "1"},
			{"when told to", good, true, "a", 3, "1"},
		} {
			file.set(step.text)
			if step.hangup {
				hangup <- syscall.SIGHUP
				synctest.Wait()
			} else {
				time.Sleep(reloadEvery)
				synctest.Wait()
			}
			if got := c.inForce.Load().Metrics[0].Name; got != step.inForce || len(*applied) != step.applied {
				t.Errorf("%s: %s is in force, %d were applied, want %s and %d", step.name, got, len(*applied), step.inForce, step.applied)
			}
			want := "# HELP userscale_configuration_last_reload_successful Whether the configuration file, as it was last read, is in force.\n" +
				"# TYPE userscale_configuration_last_reload_successful gauge\nuserscale_configuration_last_reload_successful " + step.successful + "\n"
			if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "userscale_configuration_last_reload_successful"); err != nil {
				t.Errorf("%s: %v", step.name, err)
			}
		}
		if got := testutil.ToFloat64(c.metrics.reloadTime); got != seconds(time.Now()) || !time.Now().After(start) {
			t.Errorf("last put in force at %v, want now, %v", got, seconds(time.Now()))
		}
	})
}

func TestConfigurationIsShown(t *testing.T) {
	c, _, _ := newConfiguration(t, "")
	settings, err := c.load()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.start(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	handler := withConfiguration(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }), c)
	for _, tc := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, "/configuration", http.StatusOK},
		{http.MethodHead, "/configuration", http.StatusOK},
		{http.MethodPost, "/configuration", http.StatusMethodNotAllowed},
		{http.MethodGet, "/configuration/", http.StatusTeapot},
		{http.MethodGet, "/metrics", http.StatusTeapot},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(tc.method, tc.path, nil))
		if w.Code != tc.want {
			t.Errorf("%s %s: status %d, want %d", tc.method, tc.path, w.Code, tc.want)
		}
		if tc.method != http.MethodGet || tc.want != http.StatusOK {
			continue
		}
		shown, err := config.Load(fileOf(t, w.Body.String()), func(string) string { return "" })
		if err != nil || !reflect.DeepEqual(shown, settings) || w.Header().Get("Content-Type") != "application/yaml" {
			t.Errorf("shown as %s: %v", w.Body, err)
		}
	}
}
