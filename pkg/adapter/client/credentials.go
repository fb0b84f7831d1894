package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	pconfig "github.com/prometheus/common/config"
	"golang.org/x/sync/singleflight"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"userscale.dev/userscale/pkg/config"
)

const (
	// keep is how long a credential, or the error in its place, is used before it is read again. Thousands of pods that are asked
	// each second cost one read per keep, and a rotation is followed before the shortest default maxAge (15 s) has passed.
	keep = 5 * time.Second
	// readTimeout bounds one read of a Secret.
	readTimeout = 3 * time.Second
)

// secrets reads the Secrets of the adapter's own namespace.
type secrets interface {
	Get(ctx context.Context, name string, options metav1.GetOptions) (*corev1.Secret, error)
}

// Credentials reads credentials from files and Secrets. All clients of an adapter share one. It is safe for concurrent use.
type Credentials struct {
	secrets secrets
	reads   singleflight.Group
	mu      sync.Mutex // guards kept
	kept    map[string]reading
}

// reading is what a credential was when it was last read.
type reading struct {
	text string
	err  error
	at   time.Time
}

// NewCredentials returns credentials that have not been read yet. Without secrets, which is nil outside of a cluster, a Secret is an
// error and files alone are read.
func NewCredentials(s secrets) *Credentials {
	return &Credentials{secrets: s, kept: map[string]reading{}}
}

// The places where a credential is kept, as the beginnings of a reference.
const (
	inFile   = "file "
	inSecret = "secret "
)

// ref names a credential for people and for Fetch; it is empty for none.
func (c *Credentials) ref(at *config.Credential) string {
	switch {
	case at == nil:
		return ""
	case at.Secret != nil:
		return inSecret + at.Secret.Name + "/" + at.Secret.Key
	default:
		return inFile + at.File
	}
}

// Fetch implements the library's SecretManager: it returns the text that a reference stands for, without space around it. An empty
// text is an error.
func (c *Credentials) Fetch(ctx context.Context, ref string) (string, error) {
	c.mu.Lock()
	last, ok := c.kept[ref]
	c.mu.Unlock()
	if ok && time.Since(last.at) < keep {
		return last.text, last.err
	}
	// The read goes on without the request that began it, because others wait for it too.
	done := c.reads.DoChan(ref, func() (any, error) { return c.read(ref), nil })
	select {
	case result := <-done:
		now := result.Val.(reading)
		return now.text, now.err
	case <-ctx.Done():
		return "", fmt.Errorf("read %s: %w", ref, ctx.Err())
	}
}

// read keeps what it finds. While the Kubernetes API is away, the last text stays in use; that a Secret is gone, or may not be read
// any more, is an answer.
func (c *Credentials) read(ref string) reading {
	text, err := c.lookUp(ref)
	if text = strings.TrimSpace(text); text == "" && err == nil {
		err = errors.New("it is empty")
	}
	if err != nil {
		err = fmt.Errorf("read %s: %w", ref, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if last := c.kept[ref]; err != nil && last.text != "" && isAway(err) {
		text, err = last.text, nil
	}
	now := reading{text, err, time.Now()}
	c.kept[ref] = now
	return now
}

func (c *Credentials) lookUp(ref string) (string, error) {
	if file, ok := strings.CutPrefix(ref, inFile); ok {
		text, err := os.ReadFile(file)
		return string(text), err
	}
	if c.secrets == nil {
		return "", errors.New("the adapter does not know its own namespace; --namespace says it")
	}
	name, key, _ := strings.Cut(strings.TrimPrefix(ref, inSecret), "/")
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	secret, err := c.secrets.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return "", &apiError{err}
	}
	text, ok := secret.Data[key]
	if !ok {
		return "", fmt.Errorf("the Secret has no key %q", key)
	}
	return string(text), nil
}

// apiError is one that came from asking the Kubernetes API.
type apiError struct{ error }

func (e *apiError) Unwrap() error { return e.error }

func isAway(err error) bool {
	var e *apiError
	return errors.As(err, &e) && !apierrors.IsNotFound(err) && !apierrors.IsForbidden(err)
}

// reader returns the library's view of one credential, nil for none.
func (c *Credentials) reader(at *config.Credential) pconfig.SecretReader {
	if at == nil {
		return nil
	}
	return reader{c, c.ref(at)}
}

type reader struct {
	credentials *Credentials
	ref         string
}

func (r reader) Fetch(ctx context.Context) (string, error) { return r.credentials.Fetch(ctx, r.ref) }
func (r reader) Description() string                       { return r.ref }
func (r reader) Immutable() bool                           { return false }
