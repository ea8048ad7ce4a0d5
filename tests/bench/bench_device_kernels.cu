// Events made on the GPU, and arithmetic at full speed.
#include "host/core/philox.hpp"
#include "tests/bench/bench_device_kernels.hpp"

namespace gateless::bench {
namespace {

constexpr int kThreads = 256;
constexpr int kComponents = 30;

/// Component c holds about 0.8 of what c - 1 holds: 21 % down to 0.03 %.
__device__ int component_of(double unit) {
  double part = 0.2;
  int component = 0;
  while (component + 1 < kComponents && unit >= part) {
    unit -= part;
    part *= 0.8;
    ++component;
  }
  return component;
}

/// x' of event (first + i) in [markers][stride]: a function of event and marker alone.
__global__ void generate(float* values, std::size_t stride, std::size_t first, std::size_t count,
                         int markers) {
  const Philox events(1, 0);
  const Philox centers(1, 1);
  for (std::size_t i = std::size_t{blockIdx.x} * kThreads + threadIdx.x; i < count;
       i += std::size_t{gridDim.x} * kThreads) {
    const int component = component_of(events.uniform((first + i) * 64));
    for (int marker = 0; marker < markers; marker += 2) {
      const auto words = events.block((first + i) * 64 + 1 + static_cast<unsigned>(marker) / 2);
      for (int half = 0; half < 2 && marker + half < markers; ++half) {
        const double center =
            centers.uniform(static_cast<unsigned>(component * 128 + marker + half));
        const float noise = static_cast<float>(words[2 * half]) * 0x1p-32F -
                            static_cast<float>(words[2 * half + 1]) * 0x1p-32F;
        const float x = static_cast<float>(1.2 * center - 0.6) + 0.25F * noise;
        values[static_cast<std::size_t>(marker + half) * stride + i] = fminf(1.0F, fmaxf(-1.0F, x));
      }
    }
  }
}

/// A row of blocks for each marker. It shares no code with the passes, so that it can check them.
__global__ void sum_columns(const float* values, std::size_t stride, std::size_t count,
                            unsigned long long* sums, double* squares) {
  const float* const column = values + std::size_t{blockIdx.y} * stride;
  long long sum = 0;
  double square = 0.0;
  for (std::size_t i = std::size_t{blockIdx.x} * kThreads + threadIdx.x; i < count;
       i += std::size_t{gridDim.x} * kThreads) {
    const double x = column[i];
    sum += llrint(x * 16777216.0);
    square += x * x;
  }
  atomicAdd(sums + blockIdx.y, static_cast<unsigned long long>(sum));
  atomicAdd(squares + blockIdx.y, square);
}

/// 16 chains a thread, as many threads as the device holds: nothing but multiply-adds.
__global__ void __launch_bounds__(kThreads) multiply_add(float* out, int rounds, float factor) {
  float chain[16];
  for (int i = 0; i < 16; ++i) chain[i] = static_cast<float>(threadIdx.x + i);
  for (int round = 0; round < rounds; ++round) {
#pragma unroll
    for (int repeat = 0; repeat < 8; ++repeat) {
#pragma unroll
      for (int i = 0; i < 16; ++i) chain[i] = fmaf(chain[i], factor, 1.0F);
    }
  }
  float sum = 0.0F;
  for (int i = 0; i < 16; ++i) sum += chain[i];
  if (sum == 0.25F) *out = sum;
}

}  // namespace

cudaError_t start_generating(float* values, std::size_t stride, std::size_t first,
                             std::size_t count, int markers, int processors) {
  generate<<<static_cast<unsigned>(processors * 16), kThreads>>>(values, stride, first, count,
                                                                 markers);
  return cudaGetLastError();
}

cudaError_t start_column_sums(const float* values, std::size_t stride, std::size_t count,
                              int markers, std::int64_t* sums, double* squares) {
  const auto rows = static_cast<unsigned>(markers);
  const std::size_t bytes = rows * sizeof(double);
  cudaError_t result = cudaMemsetAsync(sums, 0, bytes);
  if (result == cudaSuccess) result = cudaMemsetAsync(squares, 0, bytes);
  if (result != cudaSuccess) return result;
  sum_columns<<<dim3(256, rows), kThreads>>>(values, stride, count,
                                             reinterpret_cast<unsigned long long*>(sums), squares);
  return cudaGetLastError();
}

cudaError_t start_multiply_adds(float* out, int processors, double* multiply_adds) {
  constexpr int kRounds = 4096;
  const int blocks = processors * 8;
  *multiply_adds = 128.0 * kRounds * kThreads * blocks;
  multiply_add<<<static_cast<unsigned>(blocks), kThreads>>>(out, kRounds, 0.5F);
  return cudaGetLastError();
}

}  // namespace gateless::bench
