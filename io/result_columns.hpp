// The columns of each table of results, in the order in which they are written. Internal to result_tables.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/core/results.hpp"
#include "io/table_columns.hpp"

namespace gateless {

/// What the columns of a list begin with: "median:CD27", "dropped:doublets".
inline constexpr std::string_view kMedianPrefix = "median:";
inline constexpr std::string_view kDroppedPrefix = "dropped:";

[[nodiscard]] std::vector<Column<AbundanceRow>> abundance_columns();
[[nodiscard]] std::vector<Column<ChangeRow>> change_columns();
[[nodiscard]] std::vector<Column<PatientRow>> patient_columns();
[[nodiscard]] std::vector<Column<MarkerChangeRow>> marker_change_columns();
/// For people and other programs: nothing here reads them back. With a column for each marker that `rows` have.
[[nodiscard]] std::vector<Column<MarkerMediansRow>> marker_median_columns(
    const std::vector<MarkerMediansRow>& rows);
/// With a column for the median of each of `markers`.
[[nodiscard]] std::vector<Column<ClusterRow>> cluster_columns(
    const std::vector<std::string>& markers);
[[nodiscard]] std::vector<Column<AbnormalRow>> abnormal_columns();
/// With a column for the events dropped for each of `reasons`.
[[nodiscard]] std::vector<Column<QcRow>> qc_columns(const std::vector<std::string>& reasons);
[[nodiscard]] std::vector<Column<GateRow>> gate_columns();
[[nodiscard]] std::vector<Column<ClusterCountRow>> cluster_count_columns();
[[nodiscard]] std::vector<Column<ChannelRow>> channel_columns();

}  // namespace gateless
