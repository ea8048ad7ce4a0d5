#include "io/multiqc.hpp"

#include <nlohmann/json.hpp>

#include "io/atomic_file.hpp"

namespace gateless::io {
namespace {

using Json = nlohmann::ordered_json;

Json column(const char* title, const char* description, const char* format) {
  return {{"title", title}, {"description", description}, {"format", format}};
}

Json headers_of(const std::vector<QcRow>& rows) {
  Json headers;
  headers["events"] = column("Events", "events in the file", "{:,.0f}");
  headers["kept"] = column("Kept", "events that were analysed", "{:,.0f}");
  headers["kept_percent"] = column("% kept", "events that were analysed, percent", "{:.1f}");
  headers["kept_percent"]["max"] = 100;
  headers["kept_percent"]["min"] = 0;
  for (const auto& [reason, count] : rows.front().dropped) {
    headers["dropped_" + reason] =
        column(("Dropped: " + reason).c_str(), "events that were dropped", "{:,.0f}");
    headers["dropped_" + reason]["hidden"] = true;
  }
  headers["batch_shift"] =
      column("Batch shift", "largest distance of a marker's median from its panel's, in spreads",
             "{:.2f}");
  return headers;
}

Json row_of(const QcRow& row) {
  Json cells{{"events", row.events}, {"kept", row.kept}};
  if (row.events > 0)
    cells["kept_percent"] = 100.0 * static_cast<double>(row.kept) / static_cast<double>(row.events);
  for (const auto& [reason, count] : row.dropped) cells["dropped_" + reason] = count;
  if (row.batch_shift) cells["batch_shift"] = *row.batch_shift;
  return cells;
}

}  // namespace

void write_multiqc(const Results& results, const std::string& dir) {
  if (results.qc.empty()) return;
  Json data;
  for (const QcRow& row : results.qc) data[row.sample] = row_of(row);
  const Json page{{"id", "gateless"},
                  {"section_name", "gateless"},
                  {"description",
                   "Cytometry events by sample: how many were kept, and why others were dropped."},
                  {"plot_type", "table"},
                  {"pconfig", {{"id", "gateless_samples"}, {"title", "gateless: samples"}}},
                  {"headers", headers_of(results.qc)},
                  {"data", std::move(data)}};
  write_whole_file(dir + "/gateless_mqc.json",
                   page.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace gateless::io
