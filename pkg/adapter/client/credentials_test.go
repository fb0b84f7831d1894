package client

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"userscale.dev/userscale/pkg/config"
)

// sent remembers the last request's Authorization.
type sent struct{ authorization string }

func (s *sent) RoundTrip(r *http.Request) (*http.Response, error) {
	s.authorization = r.Header.Get("Authorization")
	return nil, errors.New("no server")
}

// TestRotation: another token in the Secret is used after keep at the latest, and until then the Secret is not read again.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := inVault("old")
		next := &sent{}
		transport := withAuthorization(next, &config.Client{BearerToken: secretKey("prometheus", "key")}, NewCredentials(v))
		ask := func() string {
			next.authorization = "none"
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://pod", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if response, err := transport.RoundTrip(r); err == nil {
				response.Body.Close()
			}
			return next.authorization
		}
		for range 100 {
			if got := ask(); got != "Bearer old" || v.reads != 1 {
				t.Fatalf("sent %q after %d reads", got, v.reads)
			}
		}
		v.data["prometheus"]["key"] = []byte("new")
		time.Sleep(keep)
		if got := ask(); got != "Bearer new" || v.reads != 2 {
			t.Errorf("sent %q after %d reads", got, v.reads)
		}
		delete(v.data, "prometheus")
		time.Sleep(keep)
		if got := ask(); got != "none" {
			t.Errorf("sent %q without a Secret", got)
		}
	})
}

// TestErrorsAreKept: a Secret that is missing is not asked for by every one of thousands of pods, and is found when it comes.
func TestErrorsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vault{}
		c := NewCredentials(v)
		for range 3 {
			if _, err := c.Fetch(t.Context(), "secret prometheus/key"); err == nil || v.reads != 1 {
				t.Errorf("err %v after %d reads", err, v.reads)
			}
		}
		v.data = inVault("text").data
		time.Sleep(keep)
		if text, err := c.Fetch(t.Context(), "secret prometheus/key"); text != "text" || err != nil {
			t.Errorf("got %q, %v", text, err)
		}
	})
}

// TestKubernetesIsAway: only an answer takes a credential away.
func TestKubernetesIsAway(t *testing.T) {
	resource := schema.GroupResource{Resource: "secrets"}
	for name, tc := range map[string]struct {
		err  error
		held bool
	}{
		"no answer":    {errors.New("connection refused"), true},
		"overloaded":   {apierrors.NewTooManyRequestsError("later"), true},
		"gone":         {apierrors.NewNotFound(resource, "prometheus"), false},
		"not any more": {apierrors.NewForbidden(resource, "prometheus", errors.New("no role")), false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := inVault("text")
				c := NewCredentials(v)
				for range 3 {
					text, err := c.Fetch(t.Context(), "secret prometheus/key")
					if held := text == "text" && err == nil; held != (tc.held || v.err == nil) {
						t.Errorf("got %q, %v", text, err)
					}
					v.err = tc.err
					time.Sleep(keep)
				}
			})
		})
	}
}

// TestImpatience: a request that ends does not end the read that others wait for.
func TestImpatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewCredentials(slow{inVault("text")})
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var both sync.WaitGroup
		both.Go(func() {
			if _, err := c.Fetch(short, "secret prometheus/key"); !errors.Is(err, context.DeadlineExceeded) ||
				!strings.Contains(err.Error(), "secret prometheus/key") {
				t.Errorf("impatient: %v", err)
			}
		})
		both.Go(func() {
			if text, err := c.Fetch(t.Context(), "secret prometheus/key"); text != "text" || err != nil {
				t.Errorf("patient: %q, %v", text, err)
			}
		})
		both.Wait()
	})
}

func TestOutsideOfACluster(t *testing.T) {
	_, err := NewCredentials(nil).Fetch(t.Context(), "secret prometheus/key")
	if err == nil || !strings.Contains(err.Error(), "--namespace") {
		t.Errorf("error %v", err)
	}
}

// slow takes a second for each answer.
type slow struct{ *vault }

func (s slow) Get(ctx context.Context, name string, o metav1.GetOptions) (*corev1.Secret, error) {
	time.Sleep(time.Second)
	return s.vault.Get(ctx, name, o)
}
