// Two-marker density pictures within a parent (IgD x CD27 within B cells ...), as a cytometrist would check the calls.
#pragma once

#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/core/event_store.hpp"
#include "host/core/results.hpp"

namespace gateless {

/// The pictures that this panel allows; `panel` is left empty.
[[nodiscard]] std::vector<BackGate> back_gates(const EventView& events, const SubsetModel& model,
                                               const SubsetCalls& calls);

}  // namespace gateless
