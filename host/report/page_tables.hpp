// The tables of the page that are those of the CSV files, with the columns that the page shows.
#pragma once

#include <nlohmann/json.hpp>

#include "host/core/results.hpp"

namespace gateless::report {

[[nodiscard]] nlohmann::json abundance_page(const Results& results);
[[nodiscard]] nlohmann::json changes_page(const Results& results);
[[nodiscard]] nlohmann::json marker_changes_page(const Results& results);
[[nodiscard]] nlohmann::json patients_page(const Results& results);
[[nodiscard]] nlohmann::json clusters_page(const Results& results);
[[nodiscard]] nlohmann::json abnormal_page(const Results& results);
[[nodiscard]] nlohmann::json channels_page(const Results& results);
[[nodiscard]] nlohmann::json qc_page(const Results& results);

}  // namespace gateless::report
