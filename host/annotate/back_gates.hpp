// What divides each parent, as a cytometrist would check it: two markers at a time, the density of all events of each sample,
// the borders between the levels, and the fraction beyond them.
#pragma once

#include <cstddef>
#include <vector>

#include "host/annotate/subset_model.hpp"
#include "host/core/event_store.hpp"
#include "host/core/results.hpp"

namespace gateless::annotate {

/// A picture for each parent and each two markers that tell its parts apart, the most telling first; `panel` and the names of
/// the samples are left empty. A label counts for its parents too. All pictures together have about `cells` bins. The result does not depend on `threads`.
[[nodiscard]] std::vector<BackGate> back_gates(const EventView& events,
                                               const std::vector<SampleRange>& samples,
                                               const SubsetModel& model, const SubsetCalls& calls,
                                               std::size_t cells, std::size_t threads);

}  // namespace gateless::annotate
