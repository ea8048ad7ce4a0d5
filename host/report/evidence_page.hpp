// Pictures of single events as the page's scripts read them.
#pragma once

#include <nlohmann/json.hpp>

#include "host/core/results.hpp"

namespace gateless::report {

/// Samples are numbers of rows of the qc table, places are packed: the page stays small enough to mail.
[[nodiscard]] nlohmann::json back_gates_page(const Results& results);
[[nodiscard]] nlohmann::json sampled_events_page(const Results& results);
[[nodiscard]] nlohmann::json node_trees_page(const Results& results);

}  // namespace gateless::report
