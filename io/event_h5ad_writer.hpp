// A sample as an AnnData file, with all that its FCS file said of it.
#pragma once

#include <string>

#include "host/core/raw_sample.hpp"

namespace gateless::io {

/// X holds the values; var the columns channel ($PnN), marker ($PnS) and PnR; uns the spillover (meta/spillover, where
/// readfcs keeps it) and the other keywords (fcs_keywords, JSON). read_h5ad() gives the same sample back.
/// @throws InputError or DeviceError if the file cannot be written.
void write_event_h5ad(const std::string& path, const RawSample& sample);

}  // namespace gateless::io
