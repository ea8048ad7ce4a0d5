// run.json, the record of a run that other programs read, and report.json, what the report needs beyond the tables.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::io {

struct InputFile {
  std::string path;
  std::string sha256;

  friend bool operator==(const InputFile&, const InputFile&) = default;
};

/// What run.json says beyond Results.
struct RunRecord {
  std::string command;
  std::vector<InputFile> inputs;
  std::vector<std::pair<std::string, std::uint64_t>>
      counts;                        ///< e.g. samples, events, kept, nodes, metaclusters
  std::vector<std::string> outputs;  ///< what else than tables and report was asked for, e.g. gates
};

/// Writes `dir`/run.json: version, command, configuration, seed, backend, device, study, inputs, counts, outputs, warnings,
/// stages. `results.configuration` is JSON text, or empty. Bytes that are not UTF-8 are replaced.
void write_run_json(const Results& results, const RunRecord& record, const std::string& dir);
/// Reads it back; the fields of Results that it holds are set in `results`. Errors: InputError with the path.
[[nodiscard]] RunRecord read_run_json(const std::string& dir, Results& results);

/// Writes `dir`/report.json: visits, baseline, groups, primary and secondary subsets, the parts of sums, activity, unresolved subsets and
/// density pictures.
void write_report_json(const Results& results, const std::string& dir);
void read_report_json(const std::string& dir, Results& results);

/// Everything that write_tables(), write_run_json() and write_report_json() left in `dir`: enough to render the
/// report again.
[[nodiscard]] Results read_results(const std::string& dir);

}  // namespace gateless::io
