// Package certificate gives the adapter a serving certificate that the API server can verify, without help from outside: it
// makes a CA and a certificate for the adapter's Service, keeps both in a Secret, publishes the CA in the adapter's
// APIServices and replaces what is about to expire, in process.
package certificate

import (
	"context"
	"fmt"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/server/dynamiccertificates"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/util/retry"
	"k8s.io/klog/v2"
)

// checkInterval is how often the Secret and the published bundles are looked at. Someone may have changed them, and
// another replica may have renewed.
const checkInterval = time.Minute

// The Secret's fields.
const (
	fieldBundle  = "ca.crt"
	fieldCAKey   = "ca.key"
	fieldServing = "tls.crt"
	fieldKey     = "tls.key"
)

// publisher makes the CA known to those who call the adapter.
type publisher interface {
	Publish(ctx context.Context, bundle []byte) error
}

// Keeper keeps the certificate. It is the server's dynamic source of it, and safe for concurrent use.
type Keeper struct {
	secrets   corev1client.SecretInterface
	secret    string
	names     []string
	publisher publisher

	mu        sync.Mutex // guards what follows
	current   material
	listeners []dynamiccertificates.Listener
	problem   string // of the last check, so that only changes are logged
}

var _ dynamiccertificates.CertKeyContentProvider = &Keeper{}

// New returns a keeper of the named Secret, for a server with the DNS names. Call Start before it serves.
func New(secrets corev1client.SecretInterface, secret string, names []string, p publisher) *Keeper {
	return &Keeper{secrets: secrets, secret: secret, names: names, publisher: p}
}

// ServiceNames are the DNS names of a Service: the API server verifies the last.
func ServiceNames(service, namespace string) []string {
	return []string{service, service + "." + namespace, service + "." + namespace + ".svc"}
}

// Start gets the certificate, making it if need be. That the CA could not be published is logged, and tried again by Run.
func (k *Keeper) Start(ctx context.Context) error {
	err := k.check(ctx, time.Now())
	if _, key := k.CurrentCertKeyContent(); len(key) == 0 {
		return err
	}
	k.log(ctx, err)
	return nil
}

// Run keeps the certificate good and its CA published until ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	ticker := time.NewTicker(checkInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			if err := k.check(ctx, now); ctx.Err() == nil {
				k.log(ctx, err)
			}
		}
	}
}

// check brings Secret, APIServices and server in line, in this order: nothing is served that callers cannot verify, unless
// the alternative is to serve nothing.
func (k *Keeper) check(ctx context.Context, now time.Time) error {
	m, err := k.stored(ctx, now)
	if err != nil {
		return fmt.Errorf("certificate in secret %s: %w", k.secret, err)
	}
	published := k.publisher.Publish(ctx, m.bundle)
	if _, key := k.CurrentCertKeyContent(); published == nil || len(key) == 0 {
		k.serve(ctx, m)
	}
	return published
}

// stored returns what the Secret holds, after renewing it where that is due. If another replica was faster, its is taken.
func (k *Keeper) stored(ctx context.Context, now time.Time) (material, error) {
	var good material
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		secret, err := k.secrets.Get(ctx, k.secret, metav1.GetOptions{})
		if err != nil {
			return err
		}
		old := material{secret.Data[fieldBundle], secret.Data[fieldCAKey], secret.Data[fieldServing], secret.Data[fieldKey]}
		if good, err = old.renew(now, k.names); err != nil || good.equal(old) {
			return err
		}
		secret.Data = map[string][]byte{
			fieldBundle: good.bundle, fieldCAKey: good.caKey, fieldServing: good.serving, fieldKey: good.key,
		}
		_, err = k.secrets.Update(ctx, secret, metav1.UpdateOptions{})
		return err
	})
	return good, err
}

func (k *Keeper) serve(ctx context.Context, m material) {
	k.mu.Lock()
	changed := !k.current.equal(m)
	k.current = m
	listeners := k.listeners
	k.mu.Unlock()
	if !changed {
		return
	}
	klog.FromContext(ctx).Info("Serving certificate is in use", "secret", k.secret, "names", k.names)
	for _, l := range listeners {
		l.Enqueue()
	}
}

func (k *Keeper) log(ctx context.Context, err error) {
	problem := ""
	if err != nil {
		problem = err.Error()
	}
	k.mu.Lock()
	changed := k.problem != problem
	k.problem = problem
	k.mu.Unlock()
	if !changed {
		return
	}
	if err != nil {
		klog.FromContext(ctx).Error(err, "Serving certificate or its publication is not in order, trying again every minute")
	} else {
		klog.FromContext(ctx).Info("Serving certificate and its publication are in order again")
	}
}

// Name implements dynamiccertificates.CertKeyContentProvider.
func (k *Keeper) Name() string { return "secret " + k.secret }

// CurrentCertKeyContent implements dynamiccertificates.CertKeyContentProvider.
func (k *Keeper) CurrentCertKeyContent() (certificate, key []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.current.serving, k.current.key
}

// AddListener implements dynamiccertificates.Notifier.
func (k *Keeper) AddListener(l dynamiccertificates.Listener) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.listeners = append(k.listeners, l)
}
