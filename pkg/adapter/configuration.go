package adapter

import (
	"context"
	"net/http"
	"os"
	"reflect"
	"sync/atomic"
	"time"

	"k8s.io/klog/v2"
	"sigs.k8s.io/yaml"

	"userscale.dev/userscale/pkg/config"
)

// reloadEvery is how often the configuration file is read again. It is not watched: a mounted ConfigMap changes by a symbolic link in
// the path to it, of which a watch of the file hears nothing, and reading a few kilobytes costs nothing. For the same reason it is
// what the file says that is compared, not its times.
const reloadEvery = 5 * time.Second

// configuration is the one in force. It follows its file: a good one is applied, a bad one is not, and the one before stays in force.
type configuration struct {
	load    func() (*config.AdapterConfiguration, error)
	apply   func(context.Context, *config.AdapterConfiguration) error // changes nothing on an error
	metrics *metrics
	inForce atomic.Pointer[config.AdapterConfiguration]
	failure string // why the file is not in force, as last said; empty if it is
}

// follow reads the file every few seconds and when told to, until ctx ends.
func (c *configuration) follow(ctx context.Context, hangup <-chan os.Signal) {
	ticker := time.NewTicker(reloadEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		case <-ticker.C:
		}
		c.reload(ctx)
	}
}

// reload applies the file if it says something new.
func (c *configuration) reload(ctx context.Context) {
	settings, err := c.load()
	if err == nil && !reflect.DeepEqual(settings, c.inForce.Load()) {
		err = c.start(ctx, settings)
	}
	logger := klog.FromContext(ctx)
	switch {
	case err != nil && err.Error() != c.failure:
		logger.Error(err, "Configuration is not reloaded, the one before stays in force")
		c.failure = err.Error()
		c.metrics.reloadFailed()
	case err == nil && c.failure != "":
		logger.Info("Configuration is good again")
		c.failure = ""
		c.metrics.reloaded(time.Now())
	}
}

// start puts a configuration in force.
func (c *configuration) start(ctx context.Context, settings *config.AdapterConfiguration) error {
	if err := c.apply(ctx, settings); err != nil {
		return err
	}
	c.inForce.Store(settings)
	c.metrics.reloaded(time.Now())
	return nil
}

// configurationPath is where the configuration in force is shown, with its defaults and what the environment says. Credentials are in it
// as references.
const configurationPath = "/configuration"

// withConfiguration answers at configurationPath, and leaves the rest to next. It has to run after authorisation.
func withConfiguration(next http.Handler, c *configuration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != configurationPath {
			next.ServeHTTP(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD are allowed", http.StatusMethodNotAllowed)
			return
		}
		text, err := yaml.Marshal(c.inForce.Load())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(text) // whoever asked is gone
	})
}
