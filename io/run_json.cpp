#include "io/run_json.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/evidence_json.hpp"
#include "io/result_tables.hpp"
#include "io/text_file.hpp"

namespace gateless::io {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kLargestRecord = std::uint64_t{1} << 30U;

std::string file_in(const std::string& dir, const char* name) {
  return (std::filesystem::path(dir) / name).string();
}

void write_json(const Json& json, const std::string& path) {
  write_whole_file(path, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

/// Calls read(json) and tells what is wrong with the file where that fails.
template <class Read>
auto read_json(const std::string& path, const Read& read) {
  const std::string text = read_text_file(path, kLargestRecord);
  try {
    return read(Json::parse(text));
  } catch (const Json::parse_error& error) {
    throw InputError(fmt::format(
        "{}: byte {}: is not valid JSON (the record of the run cannot be read); run the "
        "analysis again",
        path, error.byte));
  } catch (const Json::exception& error) {
    throw InputError(fmt::format(
        "{}: is not a record of gateless: {} (the report needs it); run the analysis again", path,
        error.what()));
  }
}

Json number_json(const Number& number) { return number ? Json(*number) : Json(nullptr); }
Number number_of(const Json& json) {
  return json.is_null() ? Number{} : Number{json.get<double>()};
}

Json stage_json(const StageRow& stage) {
  return {{"name", stage.name},
          {"seconds", stage.seconds},
          {"bytes", stage.bytes},
          {"events", stage.events},
          {"peak_bytes", stage.peak_bytes}};
}
StageRow stage_of(const Json& json) {
  return {.name = json.at("name"),
          .seconds = json.at("seconds"),
          .bytes = json.at("bytes"),
          .events = json.at("events"),
          .peak_bytes = json.at("peak_bytes")};
}

Json unresolved_json(const UnresolvedRow& row) {
  return {{"subset", row.subset},
          {"name", row.name},
          {"panel", row.panel},
          {"reason", row.reason},
          {"by_data", row.by_data}};
}
UnresolvedRow unresolved_of(const Json& json) {
  return {.subset = json.at("subset"),
          .name = json.at("name"),
          .panel = json.at("panel"),
          .reason = json.at("reason"),
          .by_data = json.value("by_data", false)};
}

Json implausible_json(const ImplausibleRow& row) {
  return {{"sample", row.sample}, {"patient", row.patient}, {"visit", row.visit},
          {"panel", row.panel},   {"subset", row.subset},   {"name", row.name},
          {"reason", row.reason}};
}
ImplausibleRow implausible_of(const Json& json) {
  return {.sample = json.at("sample"),
          .patient = json.at("patient"),
          .visit = json.at("visit"),
          .panel = json.at("panel"),
          .subset = json.at("subset"),
          .name = json.at("name"),
          .reason = json.at("reason")};
}

Json quality_json(const QcRow& row) {
  Json spreads = Json::array();
  for (const MarkerSpread& spread : row.spreads)
    spreads.push_back(
        {{"marker", spread.marker}, {"shift", spread.shift}, {"width", spread.width}});
  return {{"sample", row.sample}, {"signal", row.signal}, {"spreads", spreads}};
}
/// What the quality table does not hold, into the row of its sample.
void add_quality(const Json& json, std::vector<QcRow>& rows) {
  for (QcRow& row : rows) {
    if (row.sample != json.at("sample")) continue;
    row.signal = json.at("signal").get<std::vector<float>>();
    for (const Json& spread : json.at("spreads"))
      row.spreads.push_back({spread.at("marker"), spread.at("shift"), spread.at("width")});
  }
}

template <class Row, class Convert>
Json list_json(const std::vector<Row>& rows, const Convert& convert) {
  Json list = Json::array();
  for (const Row& row : rows) list.push_back(convert(row));
  return list;
}

template <class Convert>
auto list_of(const Json& json, const Convert& convert) {
  std::vector<decltype(convert(json))> rows;
  for (const Json& row : json) rows.push_back(convert(row));
  return rows;
}

}  // namespace

void write_run_json(const Results& results, const RunRecord& record, const std::string& dir) {
  Json counts = Json::object();
  for (const auto& [name, count] : record.counts) counts[name] = count;
  const auto input_json = [](const InputFile& input) {
    return Json{{"path", input.path}, {"sha256", input.sha256}};
  };
  write_json({{"version", results.version},
              {"command", record.command},
              {"study", results.study},
              {"configuration",
               results.configuration.empty() ? Json::object() : Json::parse(results.configuration)},
              {"seed", results.seed},
              {"backend", results.backend},
              {"device", results.device},
              {"inputs", list_json(record.inputs, input_json)},
              {"counts", counts},
              {"outputs", record.outputs},
              {"warnings", results.warnings},
              {"stages", list_json(results.stages, stage_json)}},
             file_in(dir, "run.json"));
}

RunRecord read_run_json(const std::string& dir, Results& results) {
  return read_json(file_in(dir, "run.json"), [&](const Json& json) {
    results.version = json.at("version");
    results.study = json.at("study");
    results.configuration = json.at("configuration").dump();
    results.seed = json.at("seed");
    results.backend = json.at("backend");
    results.device = json.at("device");
    results.warnings = json.at("warnings").get<std::vector<std::string>>();
    results.stages = list_of(json.at("stages"), stage_of);
    RunRecord record{.command = json.at("command"),
                     .inputs = {},
                     .counts = {},
                     .outputs = json.value("outputs", std::vector<std::string>())};
    record.inputs = list_of(json.at("inputs"), [](const Json& input) {
      return InputFile{.path = input.at("path"), .sha256 = input.at("sha256")};
    });
    for (const auto& [name, count] : json.at("counts").items())
      record.counts.emplace_back(name, count.get<std::uint64_t>());
    return record;
  });
}

void write_report_json(const Results& results, const std::string& dir) {
  const auto group_json = [](const auto& entry) {
    return Json{{"patient", entry.first}, {"group", entry.second}};
  };
  const auto parts_json = [](const auto& entry) {
    return Json{{"subset", entry.first}, {"parts", entry.second}};
  };
  const auto activity_json = [](const auto& entry) {
    return Json{{"patient", entry.first},
                {"scores", list_json(entry.second, [](const auto& score) {
                   return Json{{"visit", score.first}, {"score", number_json(score.second)}};
                 })}};
  };
  write_json({{"visits", results.visits},
              {"baseline", results.baseline},
              {"healthy_group", results.healthy_group},
              {"primary", results.primary},
              {"secondary", results.secondary},
              {"is_primary_asked", results.is_primary_asked},
              {"responders", results.responders},
              {"names", results.names},
              {"siblings", results.siblings},
              {"definitions", list_json(results.definitions,
                                        [](const SubsetDefinition& one) {
                                          return Json{{"subset", one.subset}, {"rules", one.rules}};
                                        })},
              {"knowledge_sha256", results.knowledge_sha256},
              {"implausible", list_json(results.implausible, implausible_json)},
              {"parts", list_json(results.parts, parts_json)},
              {"patient_groups", list_json(results.patient_groups, group_json)},
              {"activity_name", results.activity_name},
              {"noise", number_json(results.noise)},
              {"limits", results.limits},
              {"activity", list_json(results.activity, activity_json)},
              {"unresolved", list_json(results.unresolved, unresolved_json)},
              {"quality", list_json(results.qc, quality_json)},
              {"back_gates", list_json(results.back_gates, back_gate_json)},
              {"sampled_events", list_json(results.sampled_events, sampled_events_json)},
              {"node_trees", list_json(results.node_trees, node_tree_json)}},
             file_in(dir, "report.json"));
}

void read_report_json(const std::string& dir, Results& results) {
  using Score = std::pair<std::string, Number>;
  read_json(file_in(dir, "report.json"), [&](const Json& json) {
    results.visits = json.at("visits").get<std::vector<std::string>>();
    results.baseline = json.at("baseline");
    results.healthy_group = json.at("healthy_group");
    results.primary = json.at("primary").get<std::vector<std::string>>();
    results.secondary = json.at("secondary").get<std::vector<std::string>>();
    results.is_primary_asked = json.value("is_primary_asked", false);
    results.responders = json.value("responders", std::vector<std::string>());
    results.names = json.value("names", decltype(results.names)());
    results.siblings = json.value("siblings", decltype(results.siblings)());
    results.definitions = list_of(json.value("definitions", Json::array()), [](const Json& entry) {
      return SubsetDefinition{
          .subset = entry.at("subset"),
          .rules = entry.at("rules").get<std::vector<SubsetDefinition::Rule>>()};
    });
    results.knowledge_sha256 = json.value("knowledge_sha256", "");
    results.implausible = list_of(json.value("implausible", Json::array()), implausible_of);
    results.parts = list_of(json.at("parts"), [](const Json& entry) {
      return std::pair<std::string, std::vector<std::string>>(
          entry.at("subset"), entry.at("parts").get<std::vector<std::string>>());
    });
    results.patient_groups = list_of(json.at("patient_groups"), [](const Json& entry) {
      return std::pair<std::string, std::string>(entry.at("patient"), entry.at("group"));
    });
    results.activity_name = json.at("activity_name");
    results.noise = number_of(json.at("noise"));
    results.limits = json.at("limits").get<std::vector<std::string>>();
    results.activity = list_of(json.at("activity"), [](const Json& entry) {
      return std::pair<std::string, std::vector<Score>>(
          entry.at("patient"), list_of(entry.at("scores"), [](const Json& score) {
            return Score(score.at("visit"), number_of(score.at("score")));
          }));
    });
    results.unresolved = list_of(json.at("unresolved"), unresolved_of);
    results.back_gates = list_of(json.at("back_gates"), back_gate_of);
    for (const Json& quality : json.value("quality", Json::array()))
      add_quality(quality, results.qc);
    results.sampled_events = list_of(json.at("sampled_events"), sampled_events_of);
    results.node_trees = list_of(json.at("node_trees"), node_tree_of);
  });
}

Results read_results(const std::string& dir) {
  Results unused;
  const std::string command = read_run_json(dir, unused).command;
  const bool may_miss = command == "cluster" || command == "map";
  Results results = read_tables(dir, may_miss ? EmptyTables::kLeftOut : EmptyTables::kWritten);
  static_cast<void>(read_run_json(dir, results));
  read_report_json(dir, results);
  return results;
}

}  // namespace gateless::io
