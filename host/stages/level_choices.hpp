// What a study file says of subsets and markers, checked against the knowledge: borders set by hand, primary subsets.
#pragma once

#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/core/knowledge.hpp"
#include "host/core/layers.hpp"
#include "host/core/study.hpp"
#include "host/stages/panel_events.hpp"

namespace gateless::stages {

/// Errors: InputError that lists every entry whose panel, marker or subset does not exist, or whose marker divides no
/// population there into negative and positive cells.
void check_levels(const Study& study, const Knowledge& knowledge,
                  const std::vector<PanelEvents>& panels);

/// Errors: InputError where the study sets levels by hand; a model's borders were learned with its own.
void check_no_levels(const Study& study);

/// The borders that apply to one panel, on the scale on which its events are clustered.
[[nodiscard]] std::vector<SetBorder> set_borders_of(const std::vector<LevelChoice>& levels,
                                                    const PanelEvents& panel);

/// `primary` of `compare` names subsets and sums of the knowledge file. Errors: InputError.
void check_primary(const Study& study, const Knowledge& knowledge);

}  // namespace gateless::stages
