// What a kernel's body may ask of the thread that runs it. Bodies are templates over a Lane: GpuLane (gpu_lane.cuh)
// is a thread of a GPU, the tests have one that runs on the host (tests/compute/simulated_gpu.hpp).
//
//   thread(), threads()   place in the block, size of the block (whole warps)
//   block(), blocks()     place in the grid, size of the grid
//   shared()              the block's shared memory, 16-byte aligned
//   wait_for_block()      barrier of all threads of the block
//   vote(flag)            the lanes of the warp whose flag is set
//   peers(value)          the lanes of the warp that have this value
//   largest(value)        the largest value of the warp
//   sum_over(lanes, v)    sum of v over these lanes, called by them alone
//   from_lane(v, lane), exchange(v, mask)   v of another lane of the warp
//   add(cell, value)      atomic addition
//   prefetch(address)     a hint that this line will be read
//   multiply_add(d, a, b, c)  d = c + a b: one m16n8k16 product of the warp's tensor core, or an m16n8k8 one where a has
//                         two words; float16 operands, float sums
#pragma once

#ifdef __CUDACC__
#define GATELESS_KERNEL_BODY __device__ __forceinline__
#define GATELESS_UNROLL _Pragma("unroll")
#define GATELESS_UNROLL_TWICE _Pragma("unroll 2")
#else
#define GATELESS_KERNEL_BODY inline
#define GATELESS_UNROLL
#define GATELESS_UNROLL_TWICE
#endif

namespace gateless::cuda {

inline constexpr int kWarp = 32;
inline constexpr unsigned kWholeWarp = 0xFFFFFFFFU;

}  // namespace gateless::cuda
