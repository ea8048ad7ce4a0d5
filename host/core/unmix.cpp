#include "host/core/unmix.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "host/core/clones.hpp"

namespace gateless {
namespace {

constexpr std::size_t kBlock = 256;  ///< events of all channels that stay in the first cache

/// out[e] = sum over detectors of weights[d] * block[d][e].
GATELESS_CLONES
void unmix_block(const float* block, const float* weights, std::size_t detectors,
                 std::size_t events, float* out) {
  std::array<float, kBlock> sum{};
  for (std::size_t detector = 0; detector < detectors; ++detector) {
    const float weight = weights[detector];
    const float* values = block + detector * kBlock;
    for (std::size_t event = 0; event < kBlock; ++event) sum[event] += weight * values[event];
  }
  std::copy_n(sum.begin(), events, out);
}

}  // namespace

void unmix(const Columns& columns, const Matrix<float>& weights) {
  if (columns.empty()) return;
  const std::size_t events = columns.front().size();
  std::vector<float> block(columns.size() * kBlock);  // [channels][kBlock]
  for (std::size_t first = 0; first < events; first += kBlock) {
    const std::size_t count = std::min(kBlock, events - first);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      std::copy_n(columns[c].begin() + static_cast<std::ptrdiff_t>(first), count,
                  block.begin() + static_cast<std::ptrdiff_t>(c * kBlock));
    }
    for (std::size_t c = 0; c < columns.size(); ++c) {
      unmix_block(block.data(), weights.row(c).data(), columns.size(), count,
                  columns[c].data() + first);
    }
  }
}

}  // namespace gateless
