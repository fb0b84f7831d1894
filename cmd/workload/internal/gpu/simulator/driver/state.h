// What the two simulated libraries share: libnvidia-ml asks libcuda in the same process.
#pragma once
#include <stdint.h>

#define SIMULATED_GPUS 2
#define SIMULATED_MIG 1 // the second one is an instance

// simulator_uuid writes the UUID of a GPU as NVML does: GPU-… or MIG-….
void simulator_uuid(int gpu, char text[64]);
// simulator_busy is for how long, in ns, the GPU ran kernels between two times of CLOCK_MONOTONIC.
int64_t simulator_busy(int64_t from, int64_t to);
// simulator_memory is how much device memory is in use, in bytes.
int64_t simulator_memory(void);
