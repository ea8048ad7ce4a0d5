#include "host/report/page_tables.hpp"

#include <cmath>

#include "host/report/calls_text.hpp"
#include "host/report/page_values.hpp"

namespace gateless::report {
namespace {

using nlohmann::json;

/// Over the acquisition, in hundredths of a spread.
json signal(const QcRow& row) {
  json values = json::array();
  for (const float value : row.signal) values.push_back(std::lround(100.0F * value));
  return values;
}

/// [marker, shift, width], in hundredths.
json spreads(const QcRow& row) {
  json list = json::array();
  for (const MarkerSpread& spread : row.spreads)
    list.push_back(json::array(
        {spread.marker, std::lround(100.0 * spread.shift), std::lround(100.0 * spread.width)}));
  return list;
}

}  // namespace

json abundance_page(const Results& results) {
  const json table = page_table(kAbundanceFields, results.abundance,
                                {.left_out = {"effective_parent_events", "fraction_by_mixture",
                                              "reason", "labelled_events"}});
  return with_words(table, {"sample", "patient", "visit", "group", "panel", "subset", "name",
                            "parent", "detection"});
}

json changes_page(const Results& results) {
  return with_words(page_table(kChangeFields, results.changes),
                    {"subset", "name", "comparison", "denominator", "test", "family"});
}

json marker_changes_page(const Results& results) {
  const json table = page_table(kMarkerChangeFields, results.marker_changes,
                                {.left_out = {"name", "test", "p_floor"}, .digits = kShownDigits});
  return with_words(table, {"panel", "subset", "marker", "comparison"});
}

json patients_page(const Results& results) {
  const json table =
      with_column(page_table(kPatientFields, results.patients), "told", results.patients,
                  [](const PatientRow& row) { return text_of(told_of(row)); });
  return with_words(table, {"subset", "name", "patient", "visit", "call", "told",
                            "detection_before", "detection_after"});
}

json clusters_page(const Results& results) { return page_table(kClusterFields, results.clusters); }

json abnormal_page(const Results& results) { return page_table(kAbnormalFields, results.abnormal); }

json channels_page(const Results& results) { return page_table(kChannelFields, results.channels); }

json qc_page(const Results& results) {
  // Transforms are those of the channels, the same for all files of a panel.
  const json table = page_table(kQcFields, results.qc, {.left_out = {"transforms"}});
  return with_column(with_column(table, "signal", results.qc, signal), "spreads", results.qc,
                     spreads);
}

}  // namespace gateless::report
