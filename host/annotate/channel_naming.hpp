// Which marker each channel of a file stains, from $PnS and $PnN and the knowledge file's synonyms.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/core/knowledge.hpp"
#include "host/core/panel.hpp"
#include "host/core/raw_sample.hpp"

namespace gateless::annotate {

/// The panel of a file. `overrides` maps a channel ($PnN or $PnS) to a marker, "ignore", or a role
/// ("viability", "time", "bead", "dna"). `cytometer` is $CYT where known ("CyTOF", "Helios" mean mass).
/// An override that names no channel of this file is left out. Channels in doubt are named in Panel::warnings.
[[nodiscard]] Panel name_channels(const std::vector<Channel>& channels, const Knowledge& knowledge,
                                  const std::map<std::string, std::string>& overrides,
                                  const std::string& cytometer = {});

/// Throws InputError where an override names no channel of any file; `files` holds the channels of each.
void check_overrides(const std::vector<std::vector<Channel>>& files,
                     const std::map<std::string, std::string>& overrides);

}  // namespace gateless::annotate
