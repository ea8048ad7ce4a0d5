// The steps of cleaning, each of which adds verdicts to those before it. Internal to host/preprocess.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/preprocess/clean.hpp"
#include "host/preprocess/value_scale.hpp"

namespace gateless::preprocess {

/// The sample as it stands, the verdicts so far, and what is to be told about them.
struct Cleaning {
  const RawSample& sample;
  const Panel& panel;
  const CleanOptions& options;
  const ValueScale& scale;          ///< of the markers
  std::vector<DropReason> reasons;  ///< [events]
  std::vector<std::string> notes;
  std::vector<std::string> warnings;
  bool is_doubtful = false;  ///< as in PreparedSample

  [[nodiscard]] std::span<const float> values(const PanelChannel& channel) const {
    return sample.values[channel.channel];
  }
  /// The first channel of this role and pulse shape, or null.
  [[nodiscard]] const PanelChannel* find(ChannelRole role,
                                         PulseShape pulse = PulseShape::kNone) const;
  [[nodiscard]] std::vector<const PanelChannel*> find_all(ChannelRole role) const;
  /// Forward or side scatter: the area if there is one, else whatever there is, or null.
  [[nodiscard]] const PanelChannel* scatter(ChannelRole role) const;
  /// Indices of the events that no step has dropped yet.
  [[nodiscard]] std::vector<std::uint32_t> kept() const;
  /// Drops these events, and warns where they are more of the file than CleanOptions::warn_fraction.
  void drop(DropReason reason, std::span<const std::uint32_t> events);
};

void drop_non_finite(Cleaning& cleaning);
void drop_margins(Cleaning& cleaning);  ///< before compensation
void drop_time_faults(Cleaning& cleaning);
void drop_beads(Cleaning& cleaning);
void drop_doublets(Cleaning& cleaning);
void drop_debris(Cleaning& cleaning);
void drop_dead(Cleaning& cleaning);

}  // namespace gateless::preprocess
