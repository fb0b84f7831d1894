package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// idleGPU is the index of the GPU that no pod ever has.
const idleGPU = 0

// slots says which pod has which GPU of the simulated node. A pod keeps its GPU for life.
type slots map[types.UID]int

// assign frees the GPUs of pods that are gone and gives each new pod the free one with the lowest index.
func (s *slots) assign(pods []*corev1.Pod) {
	next, taken := slots{}, map[int]bool{idleGPU: true}
	for _, pod := range pods {
		if index, ok := (*s)[pod.UID]; ok {
			next[pod.UID], taken[index] = index, true
		}
	}
	index := idleGPU
	for _, pod := range pods {
		if _, ok := next[pod.UID]; ok {
			continue
		}
		for taken[index] {
			index++
		}
		next[pod.UID], taken[index] = index, true
	}
	*s = next
}
