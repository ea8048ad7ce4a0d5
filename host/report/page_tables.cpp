#include "host/report/page_tables.hpp"

#include "host/core/result_words.hpp"
#include "host/report/calls_text.hpp"
#include "host/report/page_values.hpp"

namespace gateless {

using nlohmann::json;

json abundance_page(const Results& results) {
  return page_table(
      {"sample", "patient", "visit", "group", "panel", "subset", "name", "parent", "events",
       "parent_events", "fraction_of_parent", "low", "high", "fraction_of_lineage",
       "fraction_of_all", "cells_per_ul", "detection"},
      results.abundance, [](const AbundanceRow& row) {
        return json::array({row.sample, row.patient, row.visit, row.group, row.panel, row.subset,
                            row.name, row.parent, page_number(row.events),
                            page_number(row.parent_events), page_number(row.fraction_of_parent),
                            page_number(row.low), page_number(row.high),
                            page_number(row.fraction_of_lineage), page_number(row.fraction_of_all),
                            page_number(row.cells_per_ul), text_of(row.detection)});
      });
}

json changes_page(const Results& results) {
  return page_table({"subset",
                     "name",
                     "comparison",
                     "denominator",
                     "patients",
                     "median_before",
                     "median_after",
                     "change",
                     "change_low",
                     "change_high",
                     "patients_up",
                     "patients_down",
                     "test",
                     "p",
                     "p_floor",
                     "q",
                     "family",
                     "activity_rho",
                     "activity_p",
                     "activity_q",
                     "patients_quantifiable"},
                    results.changes, [](const ChangeRow& row) {
                      return json::array({row.subset,
                                          row.name,
                                          row.comparison,
                                          row.denominator,
                                          row.patients,
                                          page_number(row.median_before),
                                          page_number(row.median_after),
                                          page_number(row.change),
                                          page_number(row.change_low),
                                          page_number(row.change_high),
                                          row.patients_up,
                                          row.patients_down,
                                          row.test,
                                          page_number(row.p),
                                          page_number(row.p_floor),
                                          page_number(row.q),
                                          row.family,
                                          page_number(row.activity_rho),
                                          page_number(row.activity_p),
                                          page_number(row.activity_q),
                                          row.patients_quantifiable});
                    });
}

json marker_changes_page(const Results& results) {
  return page_table(
      {"panel", "subset", "marker", "comparison", "patients", "median_before", "median_after",
       "change", "change_low", "change_high", "spread", "patients_up", "patients_down", "p", "q"},
      results.marker_changes, [](const MarkerChangeRow& row) {
        return json::array({row.panel, row.subset, row.marker, row.comparison, row.patients,
                            shown_number(row.median_before), shown_number(row.median_after),
                            shown_number(row.change), shown_number(row.change_low),
                            shown_number(row.change_high), shown_number(row.spread),
                            row.patients_up, row.patients_down, shown_number(row.p),
                            shown_number(row.q)});
      });
}

json patients_page(const Results& results) {
  return page_table(
      {"subset", "name", "patient", "visit", "before", "after", "change", "low", "high", "p",
       "call", "told", "detection_before", "detection_after"},
      results.patients, [](const PatientRow& row) {
        return json::array({row.subset, row.name, row.patient, row.visit, page_number(row.before),
                            page_number(row.after), page_number(row.change), page_number(row.low),
                            page_number(row.high), page_number(row.p), text_of(row.call),
                            text_of(told_of(row)), text_of(row.detection_before),
                            text_of(row.detection_after)});
      });
}

json clusters_page(const Results& results) {
  return page_table(
      {"panel", "metacluster", "map", "nodes", "events", "subset", "name", "parent", "confidence",
       "phenotype", "explanation", "medians", "stability", "compared"},
      results.clusters, [](const ClusterRow& row) {
        return json::array({row.panel, row.metacluster, row.map, row.nodes, row.events, row.subset,
                            row.name, row.parent, page_number(row.confidence), row.phenotype,
                            row.explanation, page_pairs(row.medians), page_number(row.stability),
                            row.compared});
      });
}

json abnormal_page(const Results& results) {
  return page_table(
      {"cluster", "subset", "name", "phenotype", "events", "fraction_of_memory_b", "enrichment",
       "evidence", "p", "q", "activity_rho", "activity_p", "patients_present",
       "patients_quantifiable"},
      results.abnormal, [](const AbnormalRow& row) {
        return json::array(
            {row.cluster, row.subset, row.name, row.phenotype, page_number(row.events),
             page_number(row.fraction_of_memory_b), page_number(row.enrichment), row.evidence,
             page_number(row.p), page_number(row.q), page_number(row.activity_rho),
             page_number(row.activity_p), row.patients_present, row.patients_quantifiable});
      });
}

}  // namespace gateless
