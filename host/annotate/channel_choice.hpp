// Which channels of a file are used where several could be: one pulse shape a detector, one channel a marker, none for
// detectors and columns without a stain. Internal to host/annotate.
#pragma once

#include <string>
#include <vector>

#include "host/core/panel.hpp"

namespace gateless::annotate {

/// How well a channel is known.
enum class NameEvidence { kNone, kDetector, kClone, kName, kStain, kOverride };

/// What one channel says by itself.
struct Reading {
  PanelChannel channel;
  NameEvidence evidence = NameEvidence::kNone;
  std::string detector;  ///< the same for raw and compensated values and for all pulse shapes
};

/// Ignores what is not to be used; says what was chosen in Panel::warnings, one line a kind.
void choose_channels(std::vector<Reading>& readings, Panel& panel);

}  // namespace gateless::annotate
