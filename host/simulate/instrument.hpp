// The two panels on a made-up cytometer of five lasers: which detector sees which stain, how much light
// spills over, and how noisy each detector is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/core/matrix.hpp"

namespace gateless::simulate {

/// The top of every detector's scale, linear units.
inline constexpr float kTopOfScale = 262'143.0F;

struct Detector {
  std::string dye;                 ///< named after it: `BV421`
  std::string stain;               ///< $PnS as the laboratory wrote it
  std::string marker;              ///< what it stains, by the name of cell_types()
  float autofluorescence = 20.0F;  ///< of a lymphocyte, linear units
  float photon_noise = 6.0F;       ///< variance per linear unit of light
  float electronic_noise = 35.0F;  ///< standard deviation, linear units
};

struct StainingPanel {
  std::string name;
  std::string cytometer;
  std::vector<Detector> detectors;
};

/// Panel "B" or "T". Throws UsageError for another name.
[[nodiscard]] const StainingPanel& staining_panel(std::string_view name);

/// Light of each dye in each detector at nominal gain, [dye][detector], diagonal 1.
[[nodiscard]] Matrix<double> spillover_of(const StainingPanel& panel);

}  // namespace gateless::simulate
