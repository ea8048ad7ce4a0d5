// The fused kernel: distances, argmin and sums of 512 events at a time while they are in the first-level cache.
#include <algorithm>

#include "cuda/node_pass.hpp"

namespace gateless::cuda {
namespace {

enum class Sums { kNone, kShared, kGlobal };

constexpr std::size_t kCodebookBytesAtMost = 32U << 10U;  // of shared memory, for groups of nodes
constexpr std::size_t kSumBytesAtMost = 64U << 10U;  // of shared memory; more go to global memory

/// How a block uses its shared memory: [tile_groups][1 + markers][kGroupNodes] weights, then
/// [markers][nodes] high and low halves of sums, then [nodes] counts.
struct SharedPlan {
  int tile_groups;
  std::size_t codebook_bytes;
  std::size_t sum_bytes;
};

std::size_t sum_bytes_of(const DevicePass& pass) {
  const auto nodes = static_cast<std::size_t>(pass.nodes);
  return nodes * static_cast<std::size_t>(pass.markers) * 8 + nodes * 4;
}

SharedPlan plan_of(const DevicePass& pass, Sums sums) {
  const std::size_t group_bytes = (1 + static_cast<std::size_t>(pass.markers)) * kGroupNodes * 4;
  const int fitting = std::max(1, static_cast<int>(kCodebookBytesAtMost / group_bytes));
  const int tile_groups = std::min(pass.groups, fitting);
  return {tile_groups, static_cast<std::size_t>(tile_groups) * group_bytes,
          sums == Sums::kShared ? sum_bytes_of(pass) : 0};
}

/// A block's own sums in shared memory.
struct BlockSums {
  int* high;         // [markers][nodes]: lanes of a warp meet different nodes, so different banks
  unsigned* low;     // [markers][nodes]
  unsigned* counts;  // [nodes]
  int cells;         // markers * nodes

  __device__ void clear(int nodes) const {
    for (int cell = static_cast<int>(threadIdx.x); cell < cells; cell += kBlockThreads) {
      high[cell] = 0;
      low[cell] = 0;
    }
    for (int node = static_cast<int>(threadIdx.x); node < nodes; node += kBlockThreads) {
      counts[node] = 0;
    }
  }

  /// Moves the sums to global memory. Every thread of the block must call it.
  __device__ void flush(const DevicePass& pass) const {
    __syncthreads();
    for (int cell = static_cast<int>(threadIdx.x); cell < cells; cell += kBlockThreads) {
      const std::int64_t sum = joined({high[cell], low[cell]});
      if (sum != 0) atomicAdd(pass.sums + cell, static_cast<unsigned long long>(sum));
    }
    for (int node = static_cast<int>(threadIdx.x); node < pass.nodes; node += kBlockThreads) {
      if (counts[node] != 0) {
        atomicAdd(pass.counts + node, static_cast<unsigned long long>(counts[node]));
      }
    }
    __syncthreads();
    clear(pass.nodes);
    __syncthreads();
  }
};

template <Sums kSums>
__device__ void add_event(const DevicePass& pass, const BlockSums& block, std::size_t event,
                          int node) {
  if constexpr (kSums == Sums::kShared) atomicAdd(block.counts + node, 1U);
  if constexpr (kSums == Sums::kGlobal) atomicAdd(pass.counts + node, 1ULL);
  for (int marker = 0; marker < pass.markers; ++marker) {
    const int cell = marker * pass.nodes + node;
    const std::int32_t value =
        fixed_point(pass.events[static_cast<std::size_t>(marker) * pass.stride + event]);
    if constexpr (kSums == Sums::kShared) {
      const SplitValue halves = split(value);
      atomicAdd(block.high + cell, halves.high);
      atomicAdd(block.low + cell, halves.low);
    } else {
      atomicAdd(pass.sums + cell, static_cast<unsigned long long>(std::int64_t{value}));
    }
  }
}

/// Groups [first_group, first_group + groups) of the codebook into shared memory.
__device__ void load_groups(const DevicePass& pass, int first_group, int groups, Quad* tile) {
  const int group_quads = (1 + pass.markers) * (kGroupNodes / 4);
  const Quad* from = pass.codebook + static_cast<std::size_t>(first_group) * group_quads;
  __syncthreads();
  for (int quad = static_cast<int>(threadIdx.x); quad < groups * group_quads;
       quad += kBlockThreads) {
    tile[quad] = from[quad];
  }
  __syncthreads();
}

// Grid: as many blocks of 256 threads as the device holds at once; a block takes every gridDim-th run of 512
// events. Shared memory: SharedPlan. Traffic: every event is read once from global memory and, while it is in
// the first-level cache, once per 16 nodes; the codebook once per block where it fits, else once per 512
// events, from the second-level cache.
template <Sums kSums>
__global__ void __launch_bounds__(kBlockThreads, 2)
    node_pass(const DevicePass pass, const SharedPlan plan) {
  extern __shared__ Quad shared[];
  const int cells = pass.markers * pass.nodes;
  int* const sums = reinterpret_cast<int*>(reinterpret_cast<char*>(shared) + plan.codebook_bytes);
  const BlockSums block{sums, reinterpret_cast<unsigned*>(sums + cells),
                        reinterpret_cast<unsigned*>(sums + 2 * cells), cells};
  if constexpr (kSums == Sums::kShared) block.clear(pass.nodes);  // load_groups synchronizes

  const int group_quads = (1 + pass.markers) * (kGroupNodes / 4);
  const bool codebook_fits = plan.tile_groups == pass.groups;
  if (codebook_fits) load_groups(pass, 0, pass.groups, shared);

  int events_since_flush = 0;
  for (std::size_t first = std::size_t{blockIdx.x} * kBlockEvents; first < pass.count;
       first += std::size_t{gridDim.x} * kBlockEvents) {
    std::size_t at[kThreadEvents];
    for (int event = 0; event < kThreadEvents; ++event) {  // past the end: the last event once more
      const std::size_t wanted =
          first + static_cast<std::size_t>(event) * kBlockThreads + threadIdx.x;
      at[event] = wanted < pass.count ? wanted : pass.count - 1;
    }
    NearestNodes nearest;
    nearest.start(__int_as_float(0x7F800000));
    for (int tile = 0; tile < pass.groups; tile += plan.tile_groups) {
      const int groups = min(plan.tile_groups, pass.groups - tile);
      if (!codebook_fits) load_groups(pass, tile, groups, shared);
      for (int group = 0; group < groups; ++group) {
        nearest.look_at(shared + group * group_quads, (tile + group) * kGroupNodes, pass.events,
                        pass.stride, pass.markers, at);
      }
    }
    if constexpr (kSums == Sums::kShared) {
      if (events_since_flush + kBlockEvents > kSplitEvents) {
        block.flush(pass);
        events_since_flush = 0;
      }
      events_since_flush += kBlockEvents;
    }
    for (int event = 0; event < kThreadEvents; ++event) {
      if (first + static_cast<std::size_t>(event) * kBlockThreads + threadIdx.x >= pass.count)
        continue;
      if (pass.labels != nullptr) {
        pass.labels[at[event]] = static_cast<std::uint16_t>(nearest.node[event]);
      }
      if constexpr (kSums != Sums::kNone)
        add_event<kSums>(pass, block, at[event], nearest.node[event]);
    }
  }
  if constexpr (kSums == Sums::kShared) block.flush(pass);
}

template <Sums kSums>
cudaError_t launch(const DevicePass& pass, cudaStream_t stream) {
  const SharedPlan plan = plan_of(pass, kSums);
  const std::size_t shared_bytes = plan.codebook_bytes + plan.sum_bytes;
  const auto set =
      cudaFuncSetAttribute(node_pass<kSums>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                           static_cast<int>(shared_bytes));
  if (set != cudaSuccess) return set;

  int device = 0;
  int processors = 0;
  int blocks_a_processor = 0;
  if (const auto error = cudaGetDevice(&device); error != cudaSuccess) return error;
  if (const auto error =
          cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device);
      error != cudaSuccess) {
    return error;
  }
  if (const auto error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
          &blocks_a_processor, node_pass<kSums>, kBlockThreads, shared_bytes);
      error != cudaSuccess) {
    return error;
  }
  const std::size_t wanted = (pass.count + kBlockEvents - 1) / kBlockEvents;
  const std::size_t held = static_cast<std::size_t>(processors) *
                           static_cast<std::size_t>(std::max(1, blocks_a_processor));
  node_pass<kSums>
      <<<static_cast<unsigned>(std::min(wanted, held)), kBlockThreads, shared_bytes, stream>>>(
          pass, plan);
  return cudaGetLastError();
}

}  // namespace

cudaError_t launch_node_pass(const DevicePass& pass, cudaStream_t stream) {
  if (pass.count == 0) return cudaSuccess;
  if (pass.sums == nullptr) return launch<Sums::kNone>(pass, stream);
  if (sum_bytes_of(pass) <= kSumBytesAtMost) return launch<Sums::kShared>(pass, stream);
  return launch<Sums::kGlobal>(pass, stream);
}

cudaError_t find_device_code() {
  cudaFuncAttributes attributes{};
  return cudaFuncGetAttributes(&attributes, node_pass<Sums::kShared>);
}

}  // namespace gateless::cuda
