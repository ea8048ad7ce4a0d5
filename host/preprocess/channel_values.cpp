#include "host/preprocess/channel_values.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "host/core/clones.hpp"
#include "host/preprocess/compensation.hpp"

namespace gateless::preprocess {
namespace {

constexpr std::size_t kTogether = 4;

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

/// The same sums for kTogether channels from one look at the detectors. `weights` is [detectors][channels].
GATELESS_CLONES
void mix_together(const float* const* detectors, std::size_t count, const double* weights,
                  std::size_t first, std::size_t events,
                  const std::array<double*, kTogether>& out) {
  using Doubles = double __attribute__((vector_size(32)));
  using Floats = float __attribute__((vector_size(16)));
  constexpr std::size_t kLanes = 4;
  std::size_t event = 0;
  for (; event + 2 * kLanes <= events; event += 2 * kLanes) {
    std::array<Doubles, kTogether> low{}, high{};
    for (std::size_t d = 0; d < count; ++d) {
      Floats first_few, next_few;
      std::memcpy(&first_few, detectors[d] + first + event, sizeof first_few);
      std::memcpy(&next_few, detectors[d] + first + event + kLanes, sizeof next_few);
      const Doubles some = __builtin_convertvector(first_few, Doubles);
      const Doubles more = __builtin_convertvector(next_few, Doubles);
      for (std::size_t c = 0; c < kTogether; ++c) {
        low[c] += weights[d * kTogether + c] * some;
        high[c] += weights[d * kTogether + c] * more;
      }
    }
    for (std::size_t c = 0; c < kTogether; ++c) {
      std::memcpy(out[c] + event, &low[c], sizeof low[c]);
      std::memcpy(out[c] + event + kLanes, &high[c], sizeof high[c]);
    }
  }
  for (; event < events; ++event) {
    for (std::size_t c = 0; c < kTogether; ++c) {
      double sum = 0.0;
      for (std::size_t d = 0; d < count; ++d)
        sum += weights[d * kTogether + c] * static_cast<double>(detectors[d][first + event]);
      out[c][event] = sum;
    }
  }
}

}  // namespace

ChannelValues::ChannelValues(const RawSample& sample, const Spillover* spillover,
                             const std::vector<std::size_t>& channels)
    : plain_(channels.size(), nullptr), weights_(channels.size()) {
  const bool is_mixed = spillover != nullptr && !spillover->channels.empty();
  const std::vector<std::size_t> detectors =
      is_mixed ? spillover_channels(sample, *spillover) : std::vector<std::size_t>{};
  const Matrix<double> weights = is_mixed ? unmixing_weights(sample, *spillover) : Matrix<double>{};
  for (const std::size_t detector : detectors) detectors_.push_back(sample.values[detector].data());
  for (std::size_t channel = 0; channel < channels.size(); ++channel) {
    const auto dye = std::find(detectors.begin(), detectors.end(), channels[channel]);
    if (dye == detectors.end()) {
      plain_[channel] = sample.values[channels[channel]].data();
      continue;
    }
    const auto row = weights.row(static_cast<std::size_t>(dye - detectors.begin()));
    weights_[channel].assign(row.begin(), row.end());
  }
}

void ChannelValues::read(std::size_t channel, std::size_t first, std::span<double> out,
                         std::size_t stride) const {
  std::fill(out.begin(), out.end(), 0.0);
  if (plain_[channel] != nullptr) {
    add_weighted(plain_[channel] + first, 1.0, stride, out.size(), out.data());
    return;
  }
  for (std::size_t d = 0; d < detectors_.size(); ++d)
    add_weighted(detectors_[d] + first, weights_[channel][d], stride, out.size(), out.data());
}

void ChannelValues::read_block(std::size_t first, std::size_t events,
                               std::span<const std::span<double>> out) const {
  std::vector<std::size_t> mixed;
  for (std::size_t channel = 0; channel < out.size(); ++channel) {
    if (out[channel].empty()) continue;
    if (plain_[channel] == nullptr) {
      mixed.push_back(channel);
    } else {
      read(channel, first, out[channel].first(events));
    }
  }
  std::vector<double> weights(detectors_.size() * kTogether);
  std::size_t done = 0;
  for (; done + kTogether <= mixed.size(); done += kTogether) {
    std::array<double*, kTogether> to{};
    for (std::size_t c = 0; c < kTogether; ++c) {
      to[c] = out[mixed[done + c]].data();
      for (std::size_t d = 0; d < detectors_.size(); ++d)
        weights[d * kTogether + c] = weights_[mixed[done + c]][d];
    }
    mix_together(detectors_.data(), detectors_.size(), weights.data(), first, events, to);
  }
  for (; done < mixed.size(); ++done) read(mixed[done], first, out[mixed[done]].first(events));
}

}  // namespace gateless::preprocess
