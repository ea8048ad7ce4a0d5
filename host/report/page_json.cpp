#include "host/report/page_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "host/report/evidence_page.hpp"
#include "host/report/first_screen_page.hpp"
#include "host/report/gate_paths.hpp"
#include "host/report/methods.hpp"
#include "host/report/page_tables.hpp"
#include "host/report/page_values.hpp"

namespace gateless::report {
namespace {

using nlohmann::json;

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
  return page_table({"subset", "name", "panel", "reason"}, results.unresolved,
                    [](const UnresolvedRow& row) {
                      return json::array({row.subset, row.name, row.panel, row.reason});
                    });
}

json stages(const Results& results) {
  return page_table({"name", "seconds", "bytes", "events", "peak_bytes"}, results.stages,
                    [](const StageRow& row) {
                      return json::array({row.name, page_number(row.seconds), row.bytes, row.events,
                                          row.peak_bytes});
                    });
}

json activity(const Results& results) {
  json list = json::array();
  for (const auto& [patient, scores] : results.activity) {
    json visits = json::array();
    for (const auto& [visit, score] : scores)
      visits.push_back(json::array({visit, page_number(score)}));
    list.push_back(json::array({patient, std::move(visits)}));
  }
  return list;
}

/// Rectangles as lists of [marker, low, high].
json gate_steps(const GatePath& path) {
  json steps = json::array();
  for (const std::vector<PathSide>& rectangle : path.steps) {
    json sides = json::array();
    for (const PathSide& side : rectangle)
      sides.push_back(json::array({side.marker, page_number(side.low), page_number(side.high)}));
    steps.push_back(std::move(sides));
  }
  return steps;
}

/// The gates of each panel in the order of its tree.
json gates(const Results& results) {
  return page_table({"panel", "subset", "name", "within", "within_name", "steps", "rectangles",
                     "labelled", "precision", "recall", "f1"},
                    gate_paths(results.gates), [](const GatePath& path) {
                      return json::array({path.panel, path.subset, path.name, path.within,
                                          path.within_name, gate_steps(path), path.rectangles,
                                          path.labelled, page_number(path.precision),
                                          page_number(path.recall), page_number(path.f1)});
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
      {"abundance", abundance_page(results)},
      {"changes", changes_page(results)},
      {"patients", patients_page(results)},
      {"marker_changes", marker_changes_page(results)},
      {"channels", channels_page(results)},
      {"done", done(results)},
      {"clusters", clusters_page(results)},
      {"abnormal", abnormal_page(results)},
      {"qc", qc_page(results)},
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
      {"names", page_pairs(results.names)},
      {"parts", page_pairs(results.parts)},
      {"patient_groups", page_pairs(results.patient_groups)},
      {"activity", activity(results)},
      {"activity_name", score_name(results.activity_name)},
      {"noise", page_number(results.noise)},
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

}  // namespace gateless::report
