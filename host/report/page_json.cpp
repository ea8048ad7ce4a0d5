#include "host/report/page_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/core/result_words.hpp"
#include "host/report/evidence_page.hpp"
#include "host/report/first_screen_page.hpp"
#include "host/report/gate_paths.hpp"
#include "host/report/methods.hpp"

namespace gateless {
namespace {

using nlohmann::json;

/// Five digits: more cannot be read off a page, and shorter text keeps large studies small.
json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", value);
  return std::strtod(text, nullptr);
}

json number(const Number& value) { return value ? number(*value) : json(nullptr); }

/// Three digits: what a cell of a heat map and its hint show.
json shown(const Number& value) {
  return value ? json(std::strtod(fmt::format("{:.3g}", *value).c_str(), nullptr)) : json(nullptr);
}

/// Column names once, then a row of values each: a third of the size of one object a row.
template <class Row, class Values>
json table(std::initializer_list<const char*> columns, const std::vector<Row>& rows,
           Values values) {
  json result = {{"columns", columns}, {"rows", json::array()}};
  for (const Row& row : rows) result["rows"].push_back(values(row));
  return result;
}

/// The same with text as its place in a list of words, for columns that say few things in many rows.
json with_words(json table, const std::vector<std::string>& columns) {
  std::map<std::string, std::size_t> places;
  json words = json::array(), coded = json::array();
  for (std::size_t column = 0; column < table["columns"].size(); ++column) {
    const std::string name = table["columns"][column];
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) continue;
    coded.push_back(column);
    for (json& row : table["rows"]) {
      const auto [place, is_new] =
          places.try_emplace(row[column].get<std::string>(), places.size());
      if (is_new) words.push_back(place->first);
      row[column] = place->second;
    }
  }
  table["words"] = std::move(words);
  table["coded"] = std::move(coded);
  return table;
}

template <class Value>
json pairs(const std::vector<std::pair<std::string, Value>>& entries) {
  json result = json::array();
  for (const auto& [name, value] : entries) {
    if constexpr (std::is_same_v<Value, double>) {
      result.push_back(json::array({name, shown(value)}));
    } else {
      result.push_back(json::array({name, value}));
    }
  }
  return result;
}

json abundance(const Results& results) {
  return table(
      {"sample", "patient", "visit", "group", "panel", "subset", "name", "parent", "events",
       "parent_events", "fraction_of_parent", "low", "high", "fraction_of_lineage",
       "fraction_of_all", "cells_per_ul", "detection"},
      results.abundance, [](const AbundanceRow& row) {
        return json::array({row.sample, row.patient, row.visit, row.group, row.panel, row.subset,
                            row.name, row.parent, number(row.events), number(row.parent_events),
                            number(row.fraction_of_parent), number(row.low), number(row.high),
                            number(row.fraction_of_lineage), number(row.fraction_of_all),
                            number(row.cells_per_ul), text_of(row.detection)});
      });
}

json changes(const Results& results) {
  return table({"subset",
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
                                     number(row.median_before),
                                     number(row.median_after),
                                     number(row.change),
                                     number(row.change_low),
                                     number(row.change_high),
                                     row.patients_up,
                                     row.patients_down,
                                     row.test,
                                     number(row.p),
                                     number(row.p_floor),
                                     number(row.q),
                                     row.family,
                                     number(row.activity_rho),
                                     number(row.activity_p),
                                     number(row.activity_q),
                                     row.patients_quantifiable});
               });
}

json marker_changes(const Results& results) {
  return table(
      {"panel", "subset", "marker", "comparison", "patients", "median_before", "median_after",
       "change", "change_low", "change_high", "spread", "patients_up", "patients_down", "p", "q"},
      results.marker_changes, [](const MarkerChangeRow& row) {
        return json::array({row.panel, row.subset, row.marker, row.comparison, row.patients,
                            shown(row.median_before), shown(row.median_after), shown(row.change),
                            shown(row.change_low), shown(row.change_high), shown(row.spread),
                            row.patients_up, row.patients_down, shown(row.p), shown(row.q)});
      });
}

json patients(const Results& results) {
  return table({"subset", "name", "patient", "visit", "before", "after", "change", "low", "high",
                "p", "call", "told", "detection_before", "detection_after"},
               results.patients, [](const PatientRow& row) {
                 return json::array({row.subset, row.name, row.patient, row.visit,
                                     number(row.before), number(row.after), number(row.change),
                                     number(row.low), number(row.high), number(row.p),
                                     text_of(row.call), text_of(told_of(row)),
                                     text_of(row.detection_before), text_of(row.detection_after)});
               });
}

json clusters(const Results& results) {
  return table({"panel", "metacluster", "map", "nodes", "events", "subset", "name", "parent",
                "confidence", "phenotype", "explanation", "medians", "stability", "compared"},
               results.clusters, [](const ClusterRow& row) {
                 return json::array({row.panel, row.metacluster, row.map, row.nodes, row.events,
                                     row.subset, row.name, row.parent, number(row.confidence),
                                     row.phenotype, row.explanation, pairs(row.medians),
                                     number(row.stability), row.compared});
               });
}

json abnormal(const Results& results) {
  return table({"cluster", "subset", "name", "phenotype", "events", "fraction_of_memory_b",
                "enrichment", "evidence", "p", "q", "activity_rho", "activity_p",
                "patients_present", "patients_quantifiable"},
               results.abnormal, [](const AbnormalRow& row) {
                 return json::array(
                     {row.cluster, row.subset, row.name, row.phenotype, number(row.events),
                      number(row.fraction_of_memory_b), number(row.enrichment), row.evidence,
                      number(row.p), number(row.q), number(row.activity_rho),
                      number(row.activity_p), row.patients_present, row.patients_quantifiable});
               });
}

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

json channels(const Results& results) {
  return table({"panel", "channel", "stain", "marker", "role", "transform", "differs"},
               results.channels, [](const ChannelRow& row) {
                 return json::array({row.panel, row.channel, row.stain, row.marker, row.role,
                                     row.transform, row.differs});
               });
}

json done(const Results& results) {
  const Done found = done_of(results);
  json steps = json::array(), chosen = json::array();
  for (const Step& step : found.steps) steps.push_back(json::array({step.title, step.text}));
  for (const Chosen& one : found.chosen) chosen.push_back(json::array({one.setting, one.became}));
  return {{"steps", steps},
          {"methods", found.methods},
          {"citations", found.citations},
          {"chosen", chosen}};
}

/// Transforms are those of `channels`, the same for all files of a panel.
json qc(const Results& results) {
  return table(
      {"sample", "panel", "events", "kept", "dropped", "compensation", "batch_shift",
       "shifted_marker", "warnings", "thresholds", "signal", "spreads"},
      results.qc, [](const QcRow& row) {
        return json::array({row.sample, row.panel, row.events, row.kept, pairs(row.dropped),
                            row.compensation, number(row.batch_shift), row.shifted_marker,
                            row.warnings, row.thresholds, signal(row), spreads(row)});
      });
}

/// What the panel stains but the events do not tell: a sentence for each reason.
json untold(const Results& results) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;
  for (const UnresolvedRow& row : results.unresolved) {
    if (!row.by_data) continue;
    auto at = std::find_if(by_reason.begin(), by_reason.end(),
                           [&](const auto& entry) { return entry.first == row.reason; });
    if (at == by_reason.end()) at = by_reason.insert(at, {row.reason, {}});
    at->second.push_back(row.name);
  }
  json sentences = json::array();
  for (const auto& [reason, names] : by_reason)
    sentences.push_back(fmt::format("{}. Not resolvable: {}.", reason, fmt::join(names, ", ")));
  return sentences;
}

json unresolved(const Results& results) {
  return table({"subset", "name", "panel", "reason"}, results.unresolved,
               [](const UnresolvedRow& row) {
                 return json::array({row.subset, row.name, row.panel, row.reason});
               });
}

json stages(const Results& results) {
  return table(
      {"name", "seconds", "bytes", "events", "peak_bytes"}, results.stages,
      [](const StageRow& row) {
        return json::array({row.name, number(row.seconds), row.bytes, row.events, row.peak_bytes});
      });
}

json activity(const Results& results) {
  json list = json::array();
  for (const auto& [patient, scores] : results.activity) {
    json visits = json::array();
    for (const auto& [visit, score] : scores) visits.push_back(json::array({visit, number(score)}));
    list.push_back(json::array({patient, std::move(visits)}));
  }
  return list;
}

/// Rectangles as lists of [marker, low, high].
json gate_steps(const GatePath& path) {
  json steps = json::array();
  for (const std::vector<GateSide>& rectangle : path.steps) {
    json sides = json::array();
    for (const GateSide& side : rectangle)
      sides.push_back(json::array({side.marker, number(side.low), number(side.high)}));
    steps.push_back(std::move(sides));
  }
  return steps;
}

/// The gates of each panel in the order of its tree.
json gates(const Results& results) {
  return table(
      {"panel", "subset", "name", "within", "within_name", "steps", "rectangles", "labelled",
       "precision", "recall", "f1"},
      gate_paths(results.gates), [](const GatePath& path) {
        return json::array({path.panel, path.subset, path.name, path.within, path.within_name,
                            gate_steps(path), path.rectangles, path.labelled,
                            number(path.precision), number(path.recall), number(path.f1)});
      });
}

}  // namespace

std::string page_json(const Results& results) {
  const Attention doubts = attention_of(results);
  const json page = {
      {"study", results.study},
      {"version", results.version},
      {"backend", results.backend},
      {"device", results.device},
      {"seed", std::to_string(results.seed)},  // 64 bits do not fit a script's numbers
      {"configuration", results.configuration},
      {"answer", answer_page(answer_of(results, doubts))},
      {"attention", attention_page(doubts)},
      {"abundance", with_words(abundance(results), {"sample", "patient", "visit", "group", "panel",
                                                    "subset", "name", "parent", "detection"})},
      {"changes", with_words(changes(results),
                             {"subset", "name", "comparison", "denominator", "test", "family"})},
      {"patients", with_words(patients(results), {"subset", "name", "patient", "visit", "call",
                                                  "told", "detection_before", "detection_after"})},
      {"marker_changes",
       with_words(marker_changes(results), {"panel", "subset", "marker", "comparison"})},
      {"channels", channels(results)},
      {"done", done(results)},
      {"clusters", clusters(results)},
      {"abnormal", abnormal(results)},
      {"qc", qc(results)},
      {"unresolved", unresolved(results)},
      {"untold", untold(results)},
      {"stages", stages(results)},
      {"back_gates", back_gates_page(results)},
      {"sampled_events", sampled_events_page(results)},
      {"node_trees", node_trees_page(results)},
      {"gates", gates(results)},
      {"visits", results.visits},
      {"healthy_group", results.healthy_group},
      {"primary", results.primary},
      {"secondary", results.secondary},
      {"names", pairs(results.names)},
      {"parts", pairs(results.parts)},
      {"patient_groups", pairs(results.patient_groups)},
      {"activity", activity(results)},
      {"activity_name", score_name(results.activity_name)},
      {"noise", number(results.noise)},
      {"limits", results.limits}};
  std::string text;
  for (const char letter : page.dump(-1, ' ', true, json::error_handler_t::replace)) {
    if (letter == '<') {
      text += "\\u003c";
    } else {
      text += letter;
    }
  }
  return text;
}

}  // namespace gateless
