package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	corelisters "k8s.io/client-go/listers/core/v1"
)

// reading is what one GPU shows. A GPU without a pod is idle.
type reading struct {
	index       int
	utilization int // percent
	pod         *corev1.Pod
}

// simulator gives each pod a GPU of its own and reads how busy the pod says it is.
type simulator struct {
	pods   corelisters.PodLister
	read   func(ctx context.Context, url string) (percent float64, err error)
	port   string
	logger *slog.Logger

	slots    slots              // only refresh touches it
	failing  map[types.UID]bool // pods whose last reading failed; only refresh touches it
	readings atomic.Pointer[[]reading]
}

// refresh reads all pods at once. A pod that can't be read has no reading: the GPU of which nothing is known is not an idle one.
func (s *simulator) refresh(ctx context.Context) error {
	pods, err := s.pods.List(labels.Everything()) // the informer selected already
	if err != nil {
		return fmt.Errorf("list pods: %w", err)
	}
	pods = slices.DeleteFunc(pods, func(p *corev1.Pod) bool { return !hasGPU(p) })
	s.slots.assign(pods)

	percents, errs := make([]float64, len(pods)), make([]error, len(pods))
	var wait sync.WaitGroup
	for i, pod := range pods {
		wait.Go(func() { percents[i], errs[i] = s.read(ctx, s.metricsURL(pod)) })
	}
	wait.Wait()

	readings := []reading{{index: idleGPU}}
	for i, pod := range pods {
		if errs[i] == nil {
			readings = append(readings, reading{s.slots[pod.UID], asDCGM(percents[i]), pod})
		}
	}
	s.readings.Store(&readings)
	s.logChanges(pods, errs)
	return nil
}

// hasGPU says whether the kubelet would list a device for the pod: it runs, even if it is being deleted.
func hasGPU(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodRunning && pod.Status.PodIP != ""
}

func (s *simulator) metricsURL(pod *corev1.Pod) string {
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(pod.Status.PodIP, s.port), Path: "/metrics"}
	return u.String()
}

// asDCGM makes it the integer in 0 … 100 that DCGM shows.
func asDCGM(percent float64) int {
	return int(min(max(percent, 0), 100) + 0.5)
}

// logChanges tells of pods that can't be read any more, and of those that can again.
func (s *simulator) logChanges(pods []*corev1.Pod, errs []error) {
	failing := map[types.UID]bool{}
	for i, pod := range pods {
		failed := errs[i] != nil
		if failed {
			failing[pod.UID] = true
		}
		switch {
		case failed && !s.failing[pod.UID]:
			s.logger.Warn("Pod can't be read", "namespace", pod.Namespace, "pod", pod.Name, "err", errs[i])
		case !failed && s.failing[pod.UID]:
			s.logger.Info("Pod can be read again", "namespace", pod.Namespace, "pod", pod.Name)
		}
	}
	s.failing = failing
}
