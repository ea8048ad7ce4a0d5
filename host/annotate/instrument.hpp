// Whether a file comes from a flow or from a mass cytometer.
#pragma once

#include <string>
#include <vector>

#include "host/core/panel.hpp"
#include "host/core/raw_sample.hpp"

namespace gateless::annotate {

/// "142Nd", "Nd142", "Nd142Di", "BCKG190Di": an isotope that exists.
[[nodiscard]] bool is_metal(const std::string& word);

/// Mass where nothing scatters light and $CYT, an event length or three isotopes say so.
[[nodiscard]] Instrument instrument_of(const std::vector<Channel>& channels,
                                       const std::string& cytometer);

}  // namespace gateless::annotate
