// Tiles over threads: each thread adds to sums of its own, which are added exactly at the end.
#include "host/compute/cpu_backend.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <limits>

#include "host/compute/checks.hpp"
#include "host/compute/measured_values.hpp"
#include "host/compute/node_pass.hpp"
#include "host/core/large_blocks.hpp"
#include "host/core/parallel.hpp"

namespace gateless::compute {
namespace {

static_assert(kPassMarkers == kMaxMarkers && kPassLimit == kScaledLimit &&
              kPassQuanta == float{1 << kFractionBits});

constexpr std::size_t kDefaultTileEvents = 1U << 14U;

NodePass node_pass_of(SimdLevel level) {
  switch (level) {
    case SimdLevel::kAvx512:
      return node_pass_avx512();
    case SimdLevel::kAvx2:
      return node_pass_avx2();
    case SimdLevel::kBaseline:
      break;
  }
  return node_pass_baseline();
}

/// The codebook in the order in which NodePassTile wants it.
std::vector<float> packed(const Matrix<float>& codebook) {
  const std::size_t groups = (codebook.rows() + kGroupNodes - 1) / kGroupNodes;
  const std::vector<float> half_norms = half_norms_of(codebook);
  std::vector<float> values(groups * (1 + codebook.columns()) * kGroupNodes);
  for (std::size_t node = 0; node < groups * kGroupNodes; ++node) {
    const std::size_t group = node / kGroupNodes;
    float* column =
        values.data() + group * (1 + codebook.columns()) * kGroupNodes + node % kGroupNodes;
    if (node >= codebook.rows()) {
      *column = std::numeric_limits<float>::infinity();
      continue;
    }
    *column = half_norms[node];
    for (const float weight : codebook.row(node)) *(column += kGroupNodes) = weight;
  }
  return values;
}

class CpuEvents final : public ResidentEvents {
 public:
  CpuEvents(EventView events, Scaling scaling, const BackendOptions& options, NodePass node_pass)
      : events_(events),
        scaling_(std::move(scaling)),
        threads_(options.threads),
        tile_events_(options.tile_events),
        node_pass_(node_pass) {}

  NodeSums pass(const Matrix<float>& codebook) override {
    require_codebook(codebook, events_.markers);
    const std::size_t lanes = (events_.markers + kSumLanes - 1) / kSumLanes;
    struct Partial {
      std::vector<SumLanes> sums;         ///< [nodes][lanes]
      std::vector<std::uint64_t> counts;  ///< [nodes]
    };
    std::vector<Partial> partials(threads_);
    for_each_tile(codebook, [&](std::size_t thread, std::size_t /*first*/, NodePassTile& tile) {
      Partial& partial = partials[thread];
      if (partial.counts.empty()) {
        partial = {std::vector<SumLanes>(codebook.rows() * lanes),
                   std::vector<std::uint64_t>(codebook.rows())};
      }
      tile.sums = partial.sums.data();
      tile.counts = partial.counts.data();
    });

    NodeSums result{Matrix<std::int64_t>(codebook.rows(), events_.markers),
                    std::vector<std::uint64_t>(codebook.rows())};
    for (const Partial& partial : partials) {
      if (partial.counts.empty()) continue;
      for (std::size_t node = 0; node < codebook.rows(); ++node) {
        result.counts[node] += partial.counts[node];
        for (std::size_t marker = 0; marker < events_.markers; ++marker) {
          result.sums(node, marker) +=
              partial.sums[node * lanes + marker / kSumLanes].markers[marker % kSumLanes];
        }
      }
    }
    return result;
  }

  void assign(const Matrix<float>& codebook, std::span<NodeIndex> nodes) override {
    require_codebook(codebook, events_.markers);
    assert(nodes.size() >= events_.events);
    for_each_tile(codebook, [&](std::size_t /*thread*/, std::size_t first, NodePassTile& tile) {
      tile.nodes = nodes.data() + first;
    });
  }

  void assign_added(const Matrix<float>& codebook, std::size_t known,
                    std::span<NodeIndex> nodes) override {
    require_codebook(codebook, events_.markers);
    assert(nodes.size() >= events_.events && known <= codebook.rows());
    if (known == codebook.rows()) return;
    for_each_tile(codebook, [&](std::size_t /*thread*/, std::size_t first, NodePassTile& tile) {
      tile.nodes = nodes.data() + first;
      tile.known = known;
    });
  }

  NodeSquares assign_with_squares(const Matrix<float>& codebook,
                                  std::span<NodeIndex> nodes) override {
    assign(codebook, nodes);
    return squares_of(events_, scaling_, nodes, codebook.rows(), threads_);
  }

  MarkerProducts products() override { return products_of(events_, scaling_, threads_); }

 private:
  /// Runs the inner loop on every tile; prepare(thread, first event, tile) says where its results go.
  /// A thread takes the next tile when it is done with one, so that a busy core holds up no other.
  template <class Prepare>
  void for_each_tile(const Matrix<float>& codebook, const Prepare& prepare) const {
    const std::vector<float> weights = packed(codebook);
    const std::size_t tiles = (events_.events + tile_events_ - 1) / tile_events_;
    std::atomic<std::size_t> next{0};
    parallel_for(threads_, threads_, [&](std::size_t thread) {
      for (std::size_t index = next++; index < tiles; index = next++) {
        const std::size_t first = index * tile_events_;
        NodePassTile tile{};
        tile.events = events_.values + first;
        tile.stride = events_.stride;
        tile.count = std::min(tile_events_, events_.events - first);
        tile.markers = events_.markers;
        tile.shift = scaling_.shift.data();
        tile.scale = scaling_.scale;
        tile.codebook = weights.data();
        tile.groups = (codebook.rows() + kGroupNodes - 1) / kGroupNodes;
        prepare(thread, first, tile);
        node_pass_(tile);
        keep_memory_bound();
      }
    });
  }

  EventView events_;  // scaled on the way through the cache: no second copy in memory
  Scaling scaling_;
  std::size_t threads_;
  std::size_t tile_events_;
  NodePass node_pass_;
};

class CpuBackend final : public Backend {
 public:
  CpuBackend(BackendOptions options, SimdLevel level)
      : options_(std::move(options)), level_(level) {
    if (options_.threads == 0) options_.threads = hardware_threads();
    if (options_.tile_events == 0) options_.tile_events = kDefaultTileEvents;
  }
  [[nodiscard]] std::string name() const override { return "cpu"; }
  [[nodiscard]] std::string device() const override {
    return fmt::format("{} thread{}, {}", options_.threads, options_.threads == 1 ? "" : "s",
                       name_of(level_));
  }
  [[nodiscard]] std::unique_ptr<ResidentEvents> load(EventView events,
                                                     const Scaling& scaling) override {
    require_events(events, scaling, options_.threads);
    return std::make_unique<CpuEvents>(events, scaling, options_, node_pass_of(level_));
  }
  [[nodiscard]] MeasuredEvents load(EventView events) override {
    MeasuredEvents found = checked(events, measure(events, options_.threads), options_.threads);
    found.events =
        std::make_unique<CpuEvents>(events, found.scaling, options_, node_pass_of(level_));
    return found;
  }

 private:
  BackendOptions options_;
  SimdLevel level_;
};

}  // namespace

std::vector<SimdLevel> simd_levels() {
  std::vector<SimdLevel> levels;
  for (const SimdLevel level : {SimdLevel::kAvx512, SimdLevel::kAvx2, SimdLevel::kBaseline}) {
    if (node_pass_of(level) != nullptr) levels.push_back(level);
  }
  return levels;
}

std::string name_of(SimdLevel level) {
  switch (level) {
    case SimdLevel::kAvx512:
      return "AVX-512";
    case SimdLevel::kAvx2:
      return "AVX2";
    case SimdLevel::kBaseline:
      break;
  }
  return "no SIMD";
}

std::unique_ptr<Backend> make_cpu_backend(const BackendOptions& options) {
  return make_cpu_backend(options, simd_levels().front());
}

std::unique_ptr<Backend> make_cpu_backend(const BackendOptions& options, SimdLevel level) {
  assert(node_pass_of(level) != nullptr);
  return std::make_unique<CpuBackend>(options, level);
}

}  // namespace gateless::compute
