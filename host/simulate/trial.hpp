// Who is bled when, and under which conditions each tube is measured: everything that is drawn before the
// first event is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/core/raw_sample.hpp"
#include "host/simulate/acquisition.hpp"
#include "host/simulate/simulate.hpp"
#include "host/simulate/truth.hpp"

namespace gateless::simulate {

/// All patients at all visits, then the controls.
[[nodiscard]] std::vector<Bleeding> plan_bleedings(const SimulationOptions& options);

/// A file's name without `.fcs`, e.g. `SLE01_week4_B`.
[[nodiscard]] std::string sample_name(const Bleeding& bleeding, std::string_view panel);

/// What a batch has in common in one panel: the day's voltages, the lot, and the compensation measured that
/// day, which is 1.5 % off.
struct Batch {
  std::vector<float> gains;     ///< [detectors]
  std::vector<float> staining;  ///< [detectors]
  float scatter_gain = 1.0F;
  Spillover spillover;
};
[[nodiscard]] Batch prepare_batch(const SimulationOptions& options, const StainingPanel& panel,
                                  const Bleeding& bleeding);

[[nodiscard]] Conditions prepare_conditions(const SimulationOptions& options,
                                            const StainingPanel& panel, const Batch& batch,
                                            const Bleeding& bleeding);

/// The numbers of which a tube's events are made.
[[nodiscard]] RandomStream event_stream(const SimulationOptions& options,
                                        const StainingPanel& panel, const Bleeding& bleeding);

}  // namespace gateless::simulate
