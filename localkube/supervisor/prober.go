package supervisor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"userscale.dev/userscale/localkube/plan"
)

const (
	probeTimeout  = 3 * time.Second
	probeInterval = 100 * time.Millisecond
)

// prober asks components whether they are ready. It trusts the cluster's authority only.
type prober struct {
	layout plan.Layout
}

// await probes until the component is ready or the context ends; the error is the last probe's then.
func (p *prober) await(ctx context.Context, target string) error {
	return await(ctx, func(ctx context.Context) error { return p.probe(ctx, target) })
}

// await repeats the check until it holds or the context ends; the error is the last check's then.
func await(ctx context.Context, check func(context.Context) error) error {
	tick := time.NewTicker(probeInterval)
	defer tick.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// probe asks once.
func (p *prober) probe(ctx context.Context, target string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if socket, ok := strings.CutPrefix(target, "unix:"); ok {
		return probeSocket(ctx, socket)
	}
	return p.probeHTTP(ctx, target)
}

func probeSocket(ctx context.Context, path string) error {
	connection, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return connection.Close()
}

func (p *prober) probeHTTP(ctx context.Context, url string) error {
	client, err := p.client()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 4096))
	if err != nil {
		return fmt.Errorf("probe %s: %w", url, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("probe %s: %s: %s", url, response.Status, failedChecks(string(body)))
	}
	return nil
}

// client is a new one each time, since the files it reads appear during the boot.
func (p *prober) client() (*http.Client, error) {
	authority, err := os.ReadFile(p.layout.PKI("ca.crt"))
	if err != nil {
		return nil, fmt.Errorf("read the cluster's authority: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}, nil
}

// failedChecks shortens the list of checks that Kubernetes' probes answer with to those that failed.
func failedChecks(body string) string {
	var failed []string
	for line := range strings.Lines(body) {
		if !strings.HasPrefix(line, "[+]") {
			failed = append(failed, strings.TrimSpace(line))
		}
	}
	return strings.Join(failed, "; ")
}
