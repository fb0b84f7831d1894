// A simulator of libnvidia-ml.so.1, for tests on machines without a GPU: what the workload calls of NVML, with the types, symbols and codes of
// nvml.h. Its GPUs are those of the simulator of libcuda.so.1, which it asks if the process has loaded it.
//
//   NVML_SIMULATOR_FAIL=nvmlDeviceGetUtilizationRates=15  these calls fail with nvmlReturn_t 15
#define _GNU_SOURCE
#include "state.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef int nvmlReturn_t;
typedef struct device *nvmlDevice_t;
typedef struct { unsigned int gpu, memory; } nvmlUtilization_t;
typedef struct { unsigned long long total, free, used; } nvmlMemory_t;
enum {
  NVML_SUCCESS = 0,
  NVML_ERROR_UNINITIALIZED = 1,
  NVML_ERROR_INVALID_ARGUMENT = 2,
  NVML_ERROR_NOT_SUPPORTED = 3,
  NVML_ERROR_NOT_FOUND = 6,
  NVML_ERROR_GPU_IS_LOST = 15,
};

#define MEMORY_BYTES (40ULL << 30)
#define RESERVED_BYTES (600ULL << 20)
#define PERIOD_NS (1000000000LL / 6)

static struct device { int gpu; } devices[SIMULATED_GPUS];
static int initialized;
static void *cuda; // NULL if this process has not loaded it

static nvmlReturn_t enter(const char *call) {
  char failing[64];
  int code;
  const char *fail = getenv("NVML_SIMULATOR_FAIL");
  if (fail != NULL && sscanf(fail, "%63[^=]=%d", failing, &code) == 2 && strcmp(call, failing) == 0) return code;
  return initialized || strcmp(call, "nvmlInit_v2") == 0 ? NVML_SUCCESS : NVML_ERROR_UNINITIALIZED;
}

nvmlReturn_t nvmlInit_v2(void) {
  nvmlReturn_t result = enter("nvmlInit_v2");
  if (result) return result;
  initialized++;
  cuda = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
  for (int i = 0; i < SIMULATED_GPUS; i++) devices[i].gpu = i;
  return NVML_SUCCESS;
}

nvmlReturn_t nvmlShutdown(void) {
  nvmlReturn_t result = enter("nvmlShutdown");
  if (result) return result;
  initialized--;
  return NVML_SUCCESS;
}

const char *nvmlErrorString(nvmlReturn_t result) {
  switch (result) {
  case NVML_SUCCESS: return "Success";
  case NVML_ERROR_UNINITIALIZED: return "Uninitialized";
  case NVML_ERROR_INVALID_ARGUMENT: return "Invalid Argument";
  case NVML_ERROR_NOT_SUPPORTED: return "Not Supported";
  case NVML_ERROR_NOT_FOUND: return "Not Found";
  case NVML_ERROR_GPU_IS_LOST: return "GPU is lost";
  default: return "Unknown Error";
  }
}

nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device) {
  nvmlReturn_t result = enter("nvmlDeviceGetHandleByUUID");
  if (result) return result;
  void (*name)(int, char[64]) = cuda == NULL ? NULL : (void (*)(int, char[64]))dlsym(cuda, "simulator_uuid");
  for (int i = 0; name != NULL && i < SIMULATED_GPUS; i++) {
    char text[64];
    name(i, text);
    if (strcmp(text, uuid) == 0) return *device = &devices[i], NVML_SUCCESS;
  }
  return NVML_ERROR_NOT_FOUND;
}

static int is_device(nvmlDevice_t device) {
  return device >= devices && device < devices + SIMULATED_GPUS;
}

nvmlReturn_t nvmlDeviceGetUtilizationRates(nvmlDevice_t device, nvmlUtilization_t *utilization) {
  nvmlReturn_t result = enter("nvmlDeviceGetUtilizationRates");
  if (result) return result;
  if (!is_device(device)) return NVML_ERROR_INVALID_ARGUMENT;
  if (device->gpu == SIMULATED_MIG) return NVML_ERROR_NOT_SUPPORTED;
  int64_t (*busy)(int64_t, int64_t) = (int64_t(*)(int64_t, int64_t))dlsym(cuda, "simulator_busy");
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  int64_t now = t.tv_sec * 1000000000LL + t.tv_nsec;
  utilization->gpu = (unsigned)((100 * busy(now - PERIOD_NS, now) + PERIOD_NS / 2) / PERIOD_NS);
  utilization->memory = 7; // not to be taken for the other
  return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
  nvmlReturn_t result = enter("nvmlDeviceGetMemoryInfo");
  if (result) return result;
  if (!is_device(device)) return NVML_ERROR_INVALID_ARGUMENT;
  int64_t (*bytes)(void) = (int64_t(*)(void))dlsym(cuda, "simulator_memory");
  memory->total = MEMORY_BYTES;
  memory->used = RESERVED_BYTES + (unsigned long long)bytes();
  memory->free = memory->total - memory->used;
  return NVML_SUCCESS;
}
