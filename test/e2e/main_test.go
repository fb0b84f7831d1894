// Package e2e tests the whole loop on a real cluster: real pods, kubelet, HPA controller, metrics-server and Prometheus. Run it
// by test/e2e.sh; without KUBECONFIG it says so and runs nothing.
package e2e

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"userscale.dev/userscale/test/cluster"
)

// Paths are relative to this folder, where `go test` runs the tests.
const (
	manifests = "../../manifests"
	loadgen   = "../../bin/loadgen"
	out       = "../../out/e2e"
)

// Names in manifests/.
const (
	systemNamespace = "userscale"
	adapter         = "userscale-adapter"
	workload        = "workload"
)

// shared is the cluster that all tests use, each in a namespace of its own.
var shared *cluster.Cluster

func TestMain(m *testing.M) {
	if os.Getenv("KUBECONFIG") == "" {
		fmt.Println("SKIPPED: end-to-end tests: KUBECONFIG is not set; test/e2e.sh boots a cluster and runs them")
		return
	}
	c, err := cluster.Connect()
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	shared = c
	os.Exit(m.Run())
}

// TestBase runs on the base alone: no Prometheus, no GPU metric. Its tests mostly wait, so all that leave the adapter alone run at
// the same time.
func TestBase(t *testing.T) {
	deploy(t, "base")
	t.Run("Loop", func(t *testing.T) {
		t.Run("API", testAPI)
		t.Run("Users", testUsers)
		t.Run("Object", testObject)
		t.Run("GoApp", testApp("example-go"))
		t.Run("NodeApp", testApp("example-node"))
		t.Run("Faults", testFaults)
	})
	t.Run(restart.name, restart.play)
}

// TestGPU adds the GPU metric with its Prometheus and the DCGM simulator.
func TestGPU(t *testing.T) {
	deploy(t, "gpu")
	t.Run("ScaleOut", func(t *testing.T) { testGPU(t, "gpu", "exported_pod") })
	t.Run("Kills", testKills)
	t.Run("Binding", testBinding)
}

// TestGPUExporters has the GPU metric from the exporters' own pods, and no Prometheus to ask.
func TestGPUExporters(t *testing.T) {
	deploy(t, "gpu-exporters")
	t.Run("ScaleOut", func(t *testing.T) { testGPU(t, "gpu-exporters", "pod") })
}

// deploy applies one of this folder's overlays and waits until all of it runs.
func deploy(t *testing.T, overlay string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	if _, err := shared.Kubectl(ctx, "apply", "-k", overlay); err != nil {
		t.Fatal(err)
	}
	if err := shared.WaitAllRolledOut(ctx, systemNamespace); err != nil {
		t.Fatal(err)
	}
}
