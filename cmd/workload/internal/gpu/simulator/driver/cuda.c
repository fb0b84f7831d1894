// A simulator of libcuda.so.1, for tests on machines without a GPU: what the workload calls of the driver API, with the types, symbols and
// codes of cuda.h. A kernel takes the time that its parameter asks for and computes nothing.
//
// It holds callers to the API's rules: order of calls, the context current on the calling thread, handles, sizes and memory that
// exist. It notes what breaks one, along with all calls. Tests read that through simulator_… functions in their own process, and in another one:
//
//   CUDA_SIMULATOR_FAIL=cuLaunchKernel=719@3  the third such call fails with CUresult 719, and all after it if it is an error of the context
//   CUDA_SIMULATOR_LEAK=1024                  each launch takes so much device memory for good, in bytes
//   CUDA_SIMULATOR_SPIN=1                     waiting keeps a CPU busy, whatever the flags
//   CUDA_SIMULATOR_IDLE=1000000               each kernel is followed by a pause, in ns, before it counts as done
//   CUDA_SIMULATOR_SIGNAL=15                  a thread of the driver's gets this signal, as the kernel may choose it for one to the process
//   CUDA_SIMULATOR_REPORT=FILE                what broke a rule, or was not given back, is written there when the context is released
#define _GNU_SOURCE
#include "state.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// From cuda.h.
typedef int CUresult;
typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
typedef struct context *CUcontext;
typedef struct module *CUmodule;
typedef struct function *CUfunction;
typedef struct event *CUevent;
typedef struct stream *CUstream;
typedef struct { char bytes[16]; } CUuuid;
enum {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NOT_INITIALIZED = 3,
  CUDA_ERROR_NO_DEVICE = 100,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_CONTEXT = 201,
  CUDA_ERROR_INVALID_PTX = 218,
  CUDA_ERROR_INVALID_HANDLE = 400,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_NOT_READY = 600,
  CUDA_ERROR_ILLEGAL_ADDRESS = 700,
  CUDA_ERROR_LAUNCH_FAILED = 719,
  CUDA_ERROR_UNKNOWN = 999,
};
enum { CU_CTX_SCHED_BLOCKING_SYNC = 4, CU_EVENT_BLOCKING_SYNC = 1 };
enum { CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16 };
enum { CU_JIT_ERROR_LOG_BUFFER = 5, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6 };

struct context { int alive; };
struct module { int alive; char *image; };
struct function { struct module *module; };
struct event { int alive; unsigned flags; int64_t at; int recorded; };

#define MULTIPROCESSORS 108
#define CONTEXT_BYTES (400LL << 20)
#define LAUNCH_NS 3000 // from an idle GPU to the kernel's start

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // guards all below
static int initialized, visible, physical[SIMULATED_GPUS];
static unsigned flags;
static int flags_set;
static struct context context;
static struct module module;
static struct function function;
static struct event events[64];
static CUdeviceptr allocation;
static int64_t allocation_bytes, leaked;
static int64_t free_at; // when the stream has done all that it was given, CLOCK_MONOTONIC in ns
static struct { int64_t from, to; } kernels[1 << 16];
static unsigned long launches;
static CUresult sticky; // an error of the context: every later call returns it
static char complaints[1 << 16], calls[1 << 16];
static struct { char call[64]; CUresult code; int countdown; } failure;
static int64_t leak_per_launch, idle_after_launch;
static int spin, signal_number;

static __thread struct context *current;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void append(char *text, size_t size, const char *format, ...) {
  size_t used = strlen(text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text + used, size - used, format, arguments);
  va_end(arguments);
}

#define COMPLAIN(...) append(complaints, sizeof complaints, __VA_ARGS__)

static int is_sticky(CUresult code) {
  return code >= CUDA_ERROR_ILLEGAL_ADDRESS && code <= CUDA_ERROR_LAUNCH_FAILED;
}

// enter notes a call and decides whether it fails on purpose. The first few hundred calls are kept.
static CUresult enter(const char *call) {
  append(calls, sizeof calls - 32, "%s\n", call);
  if (failure.countdown > 0 && strcmp(call, failure.call) == 0 && --failure.countdown == 0) {
    if (is_sticky(failure.code)) sticky = failure.code;
    return failure.code;
  }
  if (!initialized && strcmp(call, "cuInit") != 0) {
    COMPLAIN("%s before cuInit\n", call);
    return CUDA_ERROR_NOT_INITIALIZED;
  }
  return sticky;
}

// enter_context is enter for the calls that work on the thread's current context.
static CUresult enter_context(const char *call) {
  CUresult result = enter(call);
  if (result) return result;
  if (current == NULL || !current->alive) {
    COMPLAIN("%s on a thread without a current context\n", call);
    return CUDA_ERROR_INVALID_CONTEXT;
  }
  return CUDA_SUCCESS;
}

static CUresult refuse(CUresult code, const char *call, const char *why) {
  COMPLAIN("%s: %s\n", call, why);
  return code;
}

#define BEGIN(call, how) \
  pthread_mutex_lock(&lock); \
  CUresult result = how(call); \
  if (result) goto end
#define END \
  end: \
  pthread_mutex_unlock(&lock); \
  return result

// see reads CUDA_VISIBLE_DEVICES as the driver does: numbers or UUIDs, up to the first one that does not exist.
static void see(void) {
  const char *list = getenv("CUDA_VISIBLE_DEVICES");
  visible = 0;
  if (list == NULL) {
    for (; visible < SIMULATED_GPUS; visible++) physical[visible] = visible;
    return;
  }
  char *copy = strdup(list), *rest = copy, *item;
  while ((item = strsep(&rest, ",")) != NULL && visible < SIMULATED_GPUS) {
    int found = -1;
    for (int gpu = 0; gpu < SIMULATED_GPUS; gpu++) {
      char uuid[64], number[8];
      simulator_uuid(gpu, uuid);
      snprintf(number, sizeof number, "%d", gpu);
      if (strcmp(item, number) == 0 || (strlen(item) > 4 && strncmp(item, uuid, strlen(item)) == 0)) found = gpu;
    }
    if (found < 0) break;
    physical[visible++] = found;
  }
  free(copy);
}

static void *driver_thread(void *unused) {
  usleep(200000);
  raise(signal_number);
  for (;;) pause();
  return unused;
}

CUresult cuInit(unsigned int Flags) {
  BEGIN("cuInit", enter);
  pthread_t thread;
  if (signal_number != 0 && pthread_create(&thread, NULL, driver_thread, NULL) != 0) result = CUDA_ERROR_UNKNOWN;
  if (Flags != 0) result = refuse(CUDA_ERROR_INVALID_VALUE, "cuInit", "flags must be 0");
  see();
  if (visible == 0) result = CUDA_ERROR_NO_DEVICE;
  initialized = result == CUDA_SUCCESS;
  END;
}

CUresult cuDeviceGet(CUdevice *device, int ordinal) {
  BEGIN("cuDeviceGet", enter);
  if (ordinal < 0 || ordinal >= visible)
    result = CUDA_ERROR_INVALID_DEVICE;
  else
    *device = ordinal;
  END;
}

// left says what was not given back.
static const char *left(void) {
  static char text[4096];
  text[0] = 0;
  if (context.alive) append(text, sizeof text, "the primary context is retained\n");
  if (module.alive) append(text, sizeof text, "a module is loaded\n");
  if (allocation) append(text, sizeof text, "memory is allocated\n");
  for (int i = 0; i < 64; i++)
    if (events[i].alive) append(text, sizeof text, "event %d exists\n", i);
  return text;
}

static void report(void) {
  const char *path = getenv("CUDA_SIMULATOR_REPORT");
  FILE *file = path == NULL ? NULL : fopen(path, "w");
  if (file == NULL) return;
  fprintf(file, "%s%s", complaints, left());
  fclose(file);
}

static CUresult check_device(const char *call, CUdevice dev) {
  if (dev < 0 || dev >= visible) return refuse(CUDA_ERROR_INVALID_DEVICE, call, "no such device");
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char *name, int len, CUdevice dev) {
  BEGIN("cuDeviceGetName", enter);
  if ((result = check_device("cuDeviceGetName", dev))) goto end;
  snprintf(name, len, "Simulated GPU%s", physical[dev] == SIMULATED_MIG ? " MIG 1g.5gb" : "");
  END;
}

CUresult cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice dev) {
  BEGIN("cuDeviceGetUuid_v2", enter);
  if ((result = check_device("cuDeviceGetUuid_v2", dev))) goto end;
  for (int i = 0; i < 16; i++) uuid->bytes[i] = (char)(0xf0 + 16 * physical[dev] + i);
  END;
}

void simulator_uuid(int gpu, char text[64]) {
  strcpy(text, gpu == SIMULATED_MIG ? "MIG-" : "GPU-");
  for (int i = 0; i < 16; i++)
    sprintf(text + strlen(text), "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", (unsigned char)(0xf0 + 16 * gpu + i));
}

CUresult cuDeviceGetAttribute(int *pi, int attrib, CUdevice dev) {
  BEGIN("cuDeviceGetAttribute", enter);
  if ((result = check_device("cuDeviceGetAttribute", dev))) goto end;
  if (attrib == CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)
    *pi = MULTIPROCESSORS;
  else
    result = refuse(CUDA_ERROR_INVALID_VALUE, "cuDeviceGetAttribute", "an attribute that is not simulated");
  END;
}

CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice dev, unsigned int newFlags) {
  BEGIN("cuDevicePrimaryCtxSetFlags_v2", enter);
  if ((result = check_device("cuDevicePrimaryCtxSetFlags_v2", dev))) goto end;
  if (context.alive) COMPLAIN("cuDevicePrimaryCtxSetFlags_v2 after cuDevicePrimaryCtxRetain\n");
  flags = newFlags;
  flags_set = 1;
  END;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *pctx, CUdevice dev) {
  BEGIN("cuDevicePrimaryCtxRetain", enter);
  if ((result = check_device("cuDevicePrimaryCtxRetain", dev))) goto end;
  if (!flags_set) COMPLAIN("cuDevicePrimaryCtxRetain before cuDevicePrimaryCtxSetFlags_v2\n");
  context.alive = 1;
  *pctx = &context;
  END;
}

CUresult cuDevicePrimaryCtxRelease_v2(CUdevice dev) {
  BEGIN("cuDevicePrimaryCtxRelease_v2", enter);
  if ((result = check_device("cuDevicePrimaryCtxRelease_v2", dev))) goto end;
  if (!context.alive) result = refuse(CUDA_ERROR_INVALID_CONTEXT, "cuDevicePrimaryCtxRelease_v2", "not retained");
  context.alive = 0;
  report();
  END;
}

CUresult cuCtxSetCurrent(CUcontext ctx) {
  BEGIN("cuCtxSetCurrent", enter);
  if (ctx != NULL && (ctx != &context || !context.alive)) {
    result = refuse(CUDA_ERROR_INVALID_CONTEXT, "cuCtxSetCurrent", "no such context");
    goto end;
  }
  current = ctx;
  END;
}

CUresult cuModuleLoadDataEx(CUmodule *out, const void *image, unsigned int numOptions, int *options, void **optionValues) {
  char *log = NULL;
  size_t size = 0;
  for (unsigned i = 0; i < numOptions; i++) {
    if (options[i] == CU_JIT_ERROR_LOG_BUFFER) log = optionValues[i];
    if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES) size = (size_t)optionValues[i];
  }
  pthread_mutex_lock(&lock);
  CUresult result = enter_context("cuModuleLoadDataEx");
  const char *text = image; // what follows it, if it does not end with a zero, is seen by the test
  if (!result && (strncmp(text, "//", 2) != 0 || strstr(text, "\n.version ") == NULL || strstr(text, "\n.target ") == NULL))
    result = refuse(CUDA_ERROR_INVALID_PTX, "cuModuleLoadDataEx", "no PTX");
  if (result == CUDA_ERROR_INVALID_PTX && log != NULL) snprintf(log, size, "ptxas application ptx input, line 1; fatal :\n  Simulated\n");
  if (result) goto end;
  module.alive = 1;
  free(module.image);
  module.image = strdup(text);
  *out = &module;
  END;
}

CUresult cuModuleGetFunction(CUfunction *hfunc, CUmodule hmod, const char *name) {
  BEGIN("cuModuleGetFunction", enter_context);
  if (hmod != &module || !module.alive) {
    result = refuse(CUDA_ERROR_INVALID_HANDLE, "cuModuleGetFunction", "no such module");
    goto end;
  }
  char entry[256];
  snprintf(entry, sizeof entry, ".visible .entry %s(", name);
  if (strstr(module.image, entry) == NULL) {
    result = CUDA_ERROR_NOT_FOUND;
    goto end;
  }
  function.module = &module;
  *hfunc = &function;
  END;
}

CUresult cuModuleUnload(CUmodule hmod) {
  BEGIN("cuModuleUnload", enter_context);
  if (hmod != &module || !module.alive) result = refuse(CUDA_ERROR_INVALID_HANDLE, "cuModuleUnload", "no such module");
  module.alive = 0;
  END;
}

CUresult cuMemAlloc_v2(CUdeviceptr *dptr, size_t bytesize) {
  BEGIN("cuMemAlloc_v2", enter_context);
  if (bytesize == 0) {
    result = refuse(CUDA_ERROR_INVALID_VALUE, "cuMemAlloc_v2", "no bytes");
    goto end;
  }
  if (allocation) COMPLAIN("cuMemAlloc_v2: the simulator knows one allocation\n");
  allocation_bytes = bytesize;
  *dptr = allocation = 0x7f0000000000;
  END;
}

CUresult cuMemFree_v2(CUdeviceptr dptr) {
  BEGIN("cuMemFree_v2", enter_context);
  if (dptr == 0 || dptr != allocation) result = refuse(CUDA_ERROR_INVALID_VALUE, "cuMemFree_v2", "not allocated");
  allocation = allocation_bytes = 0;
  END;
}

CUresult cuEventCreate(CUevent *phEvent, unsigned int Flags) {
  BEGIN("cuEventCreate", enter_context);
  for (int i = 0; i < 64; i++) {
    if (events[i].alive) continue;
    events[i] = (struct event){.alive = 1, .flags = Flags};
    *phEvent = &events[i];
    goto end;
  }
  result = refuse(CUDA_ERROR_OUT_OF_MEMORY, "cuEventCreate", "64 events exist");
  END;
}

static int is_event(CUevent e) {
  return e >= events && e < events + 64 && e->alive;
}

CUresult cuEventRecord(CUevent hEvent, CUstream hStream) {
  BEGIN("cuEventRecord", enter_context);
  if (!is_event(hEvent) || hStream != NULL) {
    result = refuse(CUDA_ERROR_INVALID_HANDLE, "cuEventRecord", "no such event or stream");
    goto end;
  }
  int64_t t = now();
  hEvent->at = t > free_at ? t : free_at;
  hEvent->recorded = 1;
  END;
}

CUresult cuEventSynchronize(CUevent hEvent) {
  BEGIN("cuEventSynchronize", enter_context);
  if (!is_event(hEvent)) {
    result = refuse(CUDA_ERROR_INVALID_HANDLE, "cuEventSynchronize", "no such event");
    goto end;
  }
  int64_t at = hEvent->at;
  int blocks = !spin && (flags & CU_CTX_SCHED_BLOCKING_SYNC) && (hEvent->flags & CU_EVENT_BLOCKING_SYNC);
  pthread_mutex_unlock(&lock);
  struct timespec t = {at / 1000000000, at % 1000000000};
  while (blocks ? clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR : now() < at)
    ;
  pthread_mutex_lock(&lock);
  END;
}

CUresult cuEventElapsedTime(float *pMilliseconds, CUevent hStart, CUevent hEnd) {
  BEGIN("cuEventElapsedTime", enter_context);
  if (!is_event(hStart) || !is_event(hEnd) || !hStart->recorded || !hEnd->recorded) {
    result = refuse(CUDA_ERROR_INVALID_HANDLE, "cuEventElapsedTime", "no such event, or not recorded");
    goto end;
  }
  if (now() < hStart->at || now() < hEnd->at) {
    result = refuse(CUDA_ERROR_NOT_READY, "cuEventElapsedTime", "an event is not done");
    goto end;
  }
  *pMilliseconds = (float)((double)(hEnd->at - hStart->at) / 1e6);
  END;
}

CUresult cuEventDestroy_v2(CUevent hEvent) {
  BEGIN("cuEventDestroy_v2", enter_context);
  if (!is_event(hEvent))
    result = refuse(CUDA_ERROR_INVALID_HANDLE, "cuEventDestroy_v2", "no such event");
  else
    hEvent->alive = 0;
  END;
}

// Parameters of the kernel busy, which is the one that is simulated: where to write, ns, turns of its loop.
CUresult cuLaunchKernel(CUfunction f, unsigned int gridDimX, unsigned int gridDimY, unsigned int gridDimZ, unsigned int blockDimX,
                        unsigned int blockDimY, unsigned int blockDimZ, unsigned int sharedMemBytes, CUstream hStream, void **kernelParams,
                        void **extra) {
  BEGIN("cuLaunchKernel", enter_context);
  if (f != &function || !module.alive || hStream != NULL || sharedMemBytes != 0) {
    result = refuse(CUDA_ERROR_INVALID_HANDLE, "cuLaunchKernel", "no such function or stream, or shared memory");
    goto end;
  }
  if (extra != NULL || kernelParams == NULL) {
    result = refuse(CUDA_ERROR_INVALID_VALUE, "cuLaunchKernel", "parameters come in one of two ways, and here in kernelParams");
    goto end;
  }
  if (gridDimX < MULTIPROCESSORS || gridDimY != 1 || gridDimZ != 1 || blockDimY != 1 || blockDimZ != 1 || blockDimX % 32 != 0 ||
      blockDimX == 0 || blockDimX > 1024 || (uint64_t)gridDimX * blockDimX > 1024ull * MULTIPROCESSORS) {
    result = refuse(CUDA_ERROR_INVALID_VALUE, "cuLaunchKernel", "the grid is not all multiprocessors once");
    goto end;
  }
  CUdeviceptr out = *(CUdeviceptr *)kernelParams[0];
  uint64_t ns = *(uint64_t *)kernelParams[1], turns = *(uint64_t *)kernelParams[2];
  if (out != allocation || allocation_bytes < (int64_t)gridDimX * blockDimX * (int64_t)sizeof(float)) {
    sticky = CUDA_ERROR_ILLEGAL_ADDRESS;
    result = refuse(sticky, "cuLaunchKernel", "the kernel writes where no memory is");
    goto end;
  }
  if (turns == 0 || turns < ns / 150 || ns > 1000000000) {
    result = refuse(CUDA_ERROR_INVALID_VALUE, "cuLaunchKernel", "the kernel's loop ends before its time, or never");
    goto end;
  }
  int64_t t = now(), from = (t > free_at ? t : free_at) + LAUNCH_NS;
  kernels[launches % (1 << 16)].from = from;
  kernels[launches % (1 << 16)].to = from + (int64_t)ns;
  launches++;
  free_at = from + (int64_t)ns + idle_after_launch;
  leaked += leak_per_launch;
  END;
}

static const struct { CUresult code; const char *name, *text; } errors[] = {
  {CUDA_SUCCESS, "CUDA_SUCCESS", "no error"},
  {CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
  {CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
  {CUDA_ERROR_NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
  {CUDA_ERROR_NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
  {CUDA_ERROR_INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
  {CUDA_ERROR_INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
  {CUDA_ERROR_INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
  {CUDA_ERROR_INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
  {CUDA_ERROR_NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
  {CUDA_ERROR_NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready"},
  {CUDA_ERROR_ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
  {CUDA_ERROR_LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
  {CUDA_ERROR_UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

CUresult cuGetErrorName(CUresult error, const char **pStr) {
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
    if (errors[i].code == error) return *pStr = errors[i].name, CUDA_SUCCESS;
  return *pStr = NULL, CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGetErrorString(CUresult error, const char **pStr) {
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
    if (errors[i].code == error) return *pStr = errors[i].text, CUDA_SUCCESS;
  return *pStr = NULL, CUDA_ERROR_INVALID_VALUE;
}

int64_t simulator_busy(int64_t from, int64_t to) {
  pthread_mutex_lock(&lock);
  int64_t busy = 0;
  for (unsigned long i = launches; i-- > 0 && launches - i < 1 << 16;) {
    int64_t a = kernels[i % (1 << 16)].from, b = kernels[i % (1 << 16)].to;
    if (b <= from) break;
    if (a < from) a = from;
    if (b > to) b = to;
    if (b > a) busy += b - a;
  }
  pthread_mutex_unlock(&lock);
  return busy;
}

int64_t simulator_memory(void) {
  pthread_mutex_lock(&lock);
  int64_t bytes = (context.alive ? CONTEXT_BYTES : 0) + allocation_bytes + leaked;
  pthread_mutex_unlock(&lock);
  return bytes;
}

// For tests in the same process.

void simulator_fail(const char *call, int code, int nth) {
  pthread_mutex_lock(&lock);
  snprintf(failure.call, sizeof failure.call, "%s", call);
  failure.code = code;
  failure.countdown = nth;
  pthread_mutex_unlock(&lock);
}

const char *simulator_calls(void) { return calls; }
const char *simulator_complaints(void) { return complaints; }
const char *simulator_image(void) { return module.image; }
long simulator_launches(void) { return launches; }

const char *simulator_left(void) {
  pthread_mutex_lock(&lock);
  const char *text = left();
  pthread_mutex_unlock(&lock);
  return text;
}

void simulator_reset(void) {
  pthread_mutex_lock(&lock);
  initialized = flags_set = sticky = 0;
  flags = 0;
  context.alive = module.alive = 0;
  memset(events, 0, sizeof events);
  allocation = allocation_bytes = leaked = free_at = launches = 0;
  calls[0] = complaints[0] = 0;
  failure.countdown = 0;
  pthread_mutex_unlock(&lock);
}

static int64_t number(const char *variable) {
  const char *value = getenv(variable);
  return value == NULL ? 0 : atoll(value);
}

__attribute__((constructor)) static void configure(void) {
  const char *fail = getenv("CUDA_SIMULATOR_FAIL");
  if (fail != NULL) sscanf(fail, "%63[^=]=%d@%d", failure.call, &failure.code, &failure.countdown);
  leak_per_launch = number("CUDA_SIMULATOR_LEAK");
  idle_after_launch = number("CUDA_SIMULATOR_IDLE");
  spin = number("CUDA_SIMULATOR_SPIN") != 0;
  signal_number = (int)number("CUDA_SIMULATOR_SIGNAL");
}
