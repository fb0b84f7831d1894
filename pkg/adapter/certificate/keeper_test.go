package certificate

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

var (
	start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	names = ServiceNames("adapter", "ns")
)

// callers record the last bundle.
type callers struct {
	bundle []byte
	err    error
}

func (p *callers) Publish(_ context.Context, bundle []byte) error {
	if p.err == nil {
		p.bundle = bundle
	}
	return p.err
}

func emptySecret() *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "tls"}}
}

func keeper(client *fake.Clientset, p publisher) *Keeper {
	return New(client.CoreV1().Secrets("ns"), "tls", names, p)
}

func check(t *testing.T, k *Keeper, now time.Time) {
	t.Helper()
	if err := k.check(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}

// verify does what the API server does with the served certificate and the published bundle.
func verify(t *testing.T, k *Keeper, bundle []byte, now time.Time) {
	t.Helper()
	pair, err := tls.X509KeyPair(k.CurrentCertKeyContent())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(bundle)
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "adapter.ns.svc", CurrentTime: now}); err != nil {
		t.Errorf("at %v: %v", now, err)
	}
}

func TestLifeOfACertificate(t *testing.T) {
	var p callers
	k := keeper(fake.NewClientset(emptySecret()), &p)
	check(t, k, start)
	verify(t, k, p.bundle, start)
	first, _ := k.CurrentCertKeyContent()
	firstBundle := p.bundle

	check(t, k, start.Add(servingLife/2))
	if now, _ := k.CurrentCertKeyContent(); !bytes.Equal(now, first) {
		t.Error("replaced at half of its life")
	}
	late := start.Add(servingLife * 7 / 10)
	check(t, k, late)
	if now, _ := k.CurrentCertKeyContent(); bytes.Equal(now, first) {
		t.Error("not replaced after two thirds of its life")
	}
	if !bytes.Equal(p.bundle, firstBundle) {
		t.Error("the CA changed with the serving certificate")
	}
	verify(t, k, p.bundle, late)

	later := start.Add(authorityLife * 7 / 10)
	check(t, k, later)
	if bytes.Equal(p.bundle, firstBundle) || !bytes.HasSuffix(p.bundle, firstBundle) {
		t.Error("the bundle does not hold the new CA and then the old one")
	}
	verify(t, k, p.bundle, later)
	afterOld := later.Add(authorityLife * 7 / 10) // the third CA is made when the first has expired
	check(t, k, afterOld)
	if bytes.Contains(p.bundle, firstBundle) {
		t.Error("the bundle still holds an expired CA")
	}
	verify(t, k, p.bundle, afterOld)
}

func TestSecretWithNonsense(t *testing.T) {
	secret := emptySecret()
	secret.Data = map[string][]byte{"ca.crt": []byte("x"), "ca.key": []byte("y"), "tls.crt": []byte("z")}
	var p callers
	k := keeper(fake.NewClientset(secret), &p)
	check(t, k, start)
	verify(t, k, p.bundle, start)
}

func TestNewNamesNewCertificate(t *testing.T) {
	client := fake.NewClientset(emptySecret())
	var p callers
	check(t, New(client.CoreV1().Secrets("ns"), "tls", ServiceNames("old", "ns"), &p), start)
	k := keeper(client, &p)
	check(t, k, start)
	verify(t, k, p.bundle, start)
}

func TestTwoReplicasStartAtOnce(t *testing.T) {
	client := fake.NewClientset(emptySecret())
	other, err := material{}.renew(start, names)
	if err != nil {
		t.Fatal(err)
	}
	raced := false
	client.PrependReactor("update", "secrets", func(clienttesting.Action) (bool, runtime.Object, error) {
		if raced {
			return false, nil, nil
		}
		raced = true // the other replica writes first
		secret := emptySecret()
		secret.Data = map[string][]byte{
			fieldBundle: other.bundle, fieldCAKey: other.caKey, fieldServing: other.serving, fieldKey: other.key,
		}
		if err := client.Tracker().Update(corev1.SchemeGroupVersion.WithResource("secrets"), secret, "ns"); err != nil {
			t.Error(err)
		}
		return true, nil, apierrors.NewConflict(schema.GroupResource{Resource: "secrets"}, "tls", errors.New("changed"))
	})
	var p callers
	k := keeper(client, &p)
	check(t, k, start)
	if !raced || !bytes.Equal(p.bundle, other.bundle) {
		t.Error("the replicas do not share a CA")
	}
	verify(t, k, other.bundle, start)
}

func TestNothingIsServedBeforeItIsPublished(t *testing.T) {
	var p callers
	k := keeper(fake.NewClientset(emptySecret()), &p)
	check(t, k, start)
	first, _ := k.CurrentCertKeyContent()

	p.err = errors.New("away")
	late := start.Add(servingLife * 7 / 10)
	if err := k.check(t.Context(), late); !errors.Is(err, p.err) {
		t.Errorf("error is %v", err)
	}
	if now, _ := k.CurrentCertKeyContent(); !bytes.Equal(now, first) {
		t.Error("a certificate is served that callers may not be able to verify")
	}
	p.err = nil
	check(t, k, late)
	if now, _ := k.CurrentCertKeyContent(); bytes.Equal(now, first) {
		t.Error("the published certificate is not served")
	}
}

func TestStart(t *testing.T) {
	p := callers{err: errors.New("no such APIService")}
	if err := keeper(fake.NewClientset(emptySecret()), &p).Start(t.Context()); err != nil {
		t.Errorf("an unpublished CA keeps the adapter from starting: %v", err)
	}
	if err := keeper(fake.NewClientset(), &p).Start(t.Context()); err == nil {
		t.Error("starts without its Secret")
	}
}
