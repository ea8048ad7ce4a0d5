#include "host/preprocess/channel_values.hpp"

#include <algorithm>

#include "host/core/clones.hpp"
#include "host/preprocess/compensation.hpp"

namespace gateless::preprocess {
namespace {

/// out[e] += weight * values[e * stride], product and sum rounded one by one.
GATELESS_CLONES
void add_weighted(const float* values, double weight, std::size_t stride, std::size_t events,
                  double* out) {
  if (stride == 1) {
    for (std::size_t event = 0; event < events; ++event)
      out[event] += weight * static_cast<double>(values[event]);
    return;
  }
  for (std::size_t event = 0; event < events; ++event)
    out[event] += weight * static_cast<double>(values[event * stride]);
}

}  // namespace

ChannelValues::ChannelValues(const RawSample& sample, const Spillover* spillover,
                             const std::vector<std::size_t>& channels) {
  const bool is_mixed = spillover != nullptr && !spillover->channels.empty();
  const std::vector<std::size_t> detectors =
      is_mixed ? spillover_channels(sample, *spillover) : std::vector<std::size_t>{};
  const Matrix<double> weights = is_mixed ? unmixing_weights(sample, *spillover) : Matrix<double>{};
  for (const std::size_t channel : channels) {
    std::vector<Term>& terms = terms_.emplace_back();
    const auto dye = std::find(detectors.begin(), detectors.end(), channel);
    if (dye == detectors.end()) {
      terms.push_back({sample.values[channel], 1.0});
      continue;
    }
    const std::span<const double> row =
        weights.row(static_cast<std::size_t>(dye - detectors.begin()));
    for (std::size_t detector = 0; detector < detectors.size(); ++detector)
      terms.push_back({sample.values[detectors[detector]], row[detector]});
  }
}

void ChannelValues::read(std::size_t channel, std::size_t first, std::span<double> out,
                         std::size_t stride) const {
  std::fill(out.begin(), out.end(), 0.0);
  for (const Term& term : terms_[channel]) {
    add_weighted(term.values.data() + first, term.weight, stride, out.size(), out.data());
  }
}

}  // namespace gateless::preprocess
