// Values of some channels of a file in double precision, compensated as other programs do: what gates are counted on.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "host/core/raw_sample.hpp"

namespace gateless::preprocess {

/// Looks at a sample that outlives it.
class ChannelValues {
 public:
  /// `channels`: places in the file. `spillover` null: the values are taken as they are.
  /// Errors: InputError as compensate().
  ChannelValues(const RawSample& sample, const Spillover* spillover,
                const std::vector<std::size_t>& channels);

  [[nodiscard]] std::size_t channels() const noexcept { return weights_.size(); }

  /// Writes events first, first + stride ... of one of `channels`: linear units, sums over the matrix's detectors in
  /// their order.
  void read(std::size_t channel, std::size_t first, std::span<double> out,
            std::size_t stride = 1) const;
  /// Writes events from `first` on of several channels, out[channel]; where that is empty, the channel is left out.
  void read_block(std::size_t first, std::size_t events,
                  std::span<const std::span<double>> out) const;

 private:
  std::vector<const float*> detectors_;       ///< of the matrix, [events]
  std::vector<const float*> plain_;           ///< [channels], where the matrix does not have it
  std::vector<std::vector<double>> weights_;  ///< [channels][detectors]
};

}  // namespace gateless::preprocess
