// The borders that a study file sets by hand (`levels:`).
#pragma once

#include <vector>

#include "host/app/analysis.hpp"

namespace gateless {

/// Errors: InputError that lists every entry whose panel, marker or subset does not exist, or whose marker divides no
/// population there into negative and positive cells.
void check_levels(const Study& study, const Knowledge& knowledge,
                  const std::vector<PanelEvents>& panels);

/// Those of one panel, on the scale on which its events are clustered.
[[nodiscard]] std::vector<SetBorder> set_borders_of(const std::vector<LevelChoice>& levels,
                                                    const PanelEvents& panel);

}  // namespace gateless
