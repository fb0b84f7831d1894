// The kernel that keeps a GPU busy, from which `go generate` makes busy.ptx.
//
// Each thread multiplies and adds until its time is up. A turn of the loop is a chain of 64 dependent operations, 4 cycles each on every
// architecture from Turing on, so that it takes 256 cycles or more: 32 ns at 8 GHz, which no GPU reaches. At most one turn per 32 ns asked
// for therefore never cuts a slice short, and ends it even if the timer stood still.

#define FMA_LATENCY_CHAIN 64

static __attribute__((device)) inline unsigned long long now(void) {
  unsigned long long t; // ns
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(t));
  return t;
}

// out has an element for each thread of the grid: what nobody can read would not be computed.
extern "C" __attribute__((global)) void busy(float *out, unsigned long long nanoseconds, unsigned long long turns) {
  const unsigned thread = __nvvm_read_ptx_sreg_ctaid_x() * __nvvm_read_ptx_sreg_ntid_x() + __nvvm_read_ptx_sreg_tid_x();
  const float factor = 0.999f, addend = (float)thread;
  const unsigned long long start = now();
  float x = addend;
  do {
#pragma unroll
    for (int i = 0; i < FMA_LATENCY_CHAIN; i++)
      x = __builtin_fmaf(x, factor, addend);
  } while (--turns != 0 && now() - start < nanoseconds);
  out[thread] = x;
}
