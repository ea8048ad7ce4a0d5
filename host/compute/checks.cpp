// Events and codebooks that cannot be computed are turned away here, with the reason.
#include "host/compute/checks.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "host/compute/backend.hpp"
#include "host/core/clones.hpp"
#include "host/core/error.hpp"
#include "host/core/parallel.hpp"

namespace gateless::compute {
namespace {

constexpr std::size_t kChunkEvents = 1U << 18U;

/// Looks at the exponent bits: integer sums vectorise, chains of float comparisons do not.
GATELESS_CLONES bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7F800000U;
  std::uint32_t odd = 0;
  for (const float value : values) {
    odd += (std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1U : 0U;
  }
  return odd == 0;
}

}  // namespace

void require_shape(EventView events, const Scaling& scaling) {
  if (events.markers == 0 || events.markers > kMaxMarkers) {
    throw UsageError(fmt::format(
        "{} markers cannot be clustered (a pass takes 1 to {}); choose fewer with --markers",
        events.markers, kMaxMarkers));
  }
  if (scaling.shift.size() != events.markers) {
    throw UsageError(fmt::format(
        "the scaling has {} markers but the events have {} (both must be of one panel); use the "
        "markers the model was made with",
        scaling.shift.size(), events.markers));
  }
}

void require_events(EventView events, const Scaling& scaling, std::size_t threads) {
  require_shape(events, scaling);
  const std::size_t chunks = (events.events + kChunkEvents - 1) / kChunkEvents;
  parallel_for(threads, chunks * events.markers, [&](std::size_t chunk) {
    const std::size_t marker = chunk / chunks;
    const std::size_t first = (chunk % chunks) * kChunkEvents;
    const auto values =
        events.marker(marker).subspan(first, std::min(kChunkEvents, events.events - first));
    if (all_finite(values)) return;
    const auto odd = std::find_if(values.begin(), values.end(),
                                  [](float value) { return !std::isfinite(value); });
    throw InputError(fmt::format(
        "marker {}, pooled event {}: the value is not finite (it has no distance to any node); "
        "drop such events before they are pooled",
        marker + 1, first + static_cast<std::size_t>(odd - values.begin())));
  });
}

void require_codebook(const Matrix<float>& codebook, std::size_t markers) {
  if (codebook.rows() == 0 || codebook.rows() > kMaxNodes) {
    throw UsageError(
        fmt::format("a codebook of {} nodes cannot be used (a pass takes 1 to {}); "
                    "choose another grid or number of nodes",
                    codebook.rows(), kMaxNodes));
  }
  if (codebook.columns() != markers) {
    throw UsageError(fmt::format(
        "the codebook has {} markers but the events have {} (both must be of one panel); use the "
        "markers the model was made with",
        codebook.columns(), markers));
  }
}

std::vector<float> half_norms_of(const Matrix<float>& codebook) {
  std::vector<float> half_norms(codebook.rows());
  for (std::size_t node = 0; node < codebook.rows(); ++node) {
    float half_norm = 0.0F;
    for (const float weight : codebook.row(node)) {
      half_norm = std::fma(0.5F * weight, weight, half_norm);
    }
    half_norms[node] = half_norm;
  }
  return half_norms;
}

}  // namespace gateless::compute
