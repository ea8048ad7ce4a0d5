// Area, height and width of a detector's pulse in the words of all vendors.
#pragma once

#include <string>

#include "host/core/panel.hpp"

namespace gateless::annotate {

/// "PE-A", "PE - Area", "FS INT LIN": area. "YEL-HLin", "FL1 PEAK": height. "RED-W", "SS TOF": width.
[[nodiscard]] PulseShape pulse_of(const std::string& name);

/// As pulse_of, where the words are written out: "CD19-AREA", but not "HLA-A".
[[nodiscard]] PulseShape long_pulse_of(const std::string& stain);

/// The detector, the same for all its pulse shapes and for raw and compensated values: "Comp-PE-A" -> "pe".
[[nodiscard]] std::string detector_of(const std::string& name);

/// "Comp-PE-A", "FJComp-PE-A", "<PE-A>": an export of compensated values.
[[nodiscard]] bool is_compensated_name(const std::string& name);

}  // namespace gateless::annotate
