// The Lane of lane.hpp that a GPU runs: every member is one or two instructions (sm_80 or later).
#pragma once

#include <cstdint>

#include "cuda/lane.hpp"

namespace gateless::cuda {

struct GpuLane {
  __device__ static int thread() { return static_cast<int>(threadIdx.x); }
  __device__ static int threads() { return static_cast<int>(blockDim.x); }
  __device__ static unsigned block() { return blockIdx.x; }
  __device__ static unsigned blocks() { return gridDim.x; }
  __device__ static void* shared() {
    extern __shared__ uint4 block_memory[];
    return block_memory;
  }
  __device__ static void wait_for_block() { __syncthreads(); }

  __device__ static unsigned vote(bool flag) { return __ballot_sync(kWholeWarp, flag); }
  __device__ static unsigned peers(int value) { return __match_any_sync(kWholeWarp, value); }
  __device__ static int largest(int value) { return __reduce_max_sync(kWholeWarp, value); }
  template <class T>
  __device__ static T sum_over(unsigned lanes, T value) {
    return __reduce_add_sync(lanes, value);
  }
  template <class T>
  __device__ static T from_lane(T value, int lane) {
    return __shfl_sync(kWholeWarp, value, lane);
  }
  template <class T>
  __device__ static T exchange(T value, int mask) {
    return __shfl_xor_sync(kWholeWarp, value, mask);
  }

  template <class T>
  __device__ static void add(T* cell, T value) {
    atomicAdd(cell, value);
  }
  __device__ static void prefetch(const void* address) {
    asm volatile("prefetch.global.L1 [%0];" ::"l"(__cvta_generic_to_global(address)));
  }
  __device__ static void multiply_add(float (&d)[4], const std::uint32_t (&a)[4],
                                      const std::uint32_t (&b)[2], const float* c) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
        "{%10,%11,%12,%13};"
        : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "f"(c[0]), "f"(c[1]),
          "f"(c[2]), "f"(c[3]));
  }
  __device__ static void multiply_add(float (&d)[4], const std::uint32_t (&a)[2], std::uint32_t b,
                                      const float* c) {
    asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, "
        "{%7,%8,%9,%10};"
        : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(b), "f"(c[0]), "f"(c[1]), "f"(c[2]), "f"(c[3]));
  }
};

}  // namespace gateless::cuda
