#include "io/result_tables.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "io/atomic_file.hpp"
#include "io/result_columns.hpp"

namespace gateless {
namespace {

/// The keys of all rows' lists, in the order in which they are first seen.
template <class Row, class Value>
std::vector<std::string> keys_of(const std::vector<Row>& rows,
                                 std::vector<std::pair<std::string, Value>> Row::*list) {
  std::vector<std::string> keys;
  for (const Row& row : rows) {
    for (const auto& [name, value] : row.*list) {
      if (std::find(keys.begin(), keys.end(), name) == keys.end()) keys.push_back(name);
    }
  }
  return keys;
}

/// The keys of the columns that begin with `prefix`.
std::vector<std::string> keys_of(const CsvTable& table, std::string_view prefix) {
  std::vector<std::string> keys;
  for (const std::string& name : table.header) {
    if (name.starts_with(prefix)) keys.push_back(name.substr(prefix.size()));
  }
  return keys;
}

/// The rows of abundance, and one for each sample and subset whose markers are stained but not told: no number, the reason.
/// They are made of `unresolved`, and so left out when read again.
std::vector<AbundanceRow> with_untold(const Results& results) {
  std::vector<AbundanceRow> rows = results.abundance;
  for (const UnresolvedRow& subset : results.unresolved) {
    if (!subset.by_data) continue;
    std::set<std::string> samples;
    for (const AbundanceRow& measured : results.abundance) {
      if (measured.panel != subset.panel || !samples.insert(measured.sample).second) continue;
      AbundanceRow row;
      row.sample = measured.sample;
      row.patient = measured.patient;
      row.visit = measured.visit;
      row.group = measured.group;
      row.panel = measured.panel;
      row.subset = subset.subset;
      row.name = subset.name;
      row.detection = Detection::kNotResolvable;
      row.reason = subset.reason;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::string table_path(const std::string& dir, const char* name) {
  return (std::filesystem::path(dir) / name).string();
}

/// Writes a table into a folder, or removes what an earlier run left there.
class TableWriter {
 public:
  TableWriter(const std::string& dir, EmptyTables empty) : dir_(dir), empty_(empty) {}

  template <class Row>
  void operator()(const char* name, const std::vector<Column<Row>>& columns,
                  const std::vector<Row>& rows, EmptyTables empty) const {
    const std::string path = table_path(dir_, name);
    if (!rows.empty() || empty == EmptyTables::kWritten) {
      write_rows(path, columns, rows);
    } else {
      std::filesystem::remove(path);
    }
  }
  template <class Row>
  void operator()(const char* name, const std::vector<Column<Row>>& columns,
                  const std::vector<Row>& rows) const {
    operator()(name, columns, rows, empty_);
  }

 private:
  const std::string& dir_;
  EmptyTables empty_;
};

/// The rows of a table, none where the file may be missing and is.
template <class Row>
std::vector<Row> read_table(const std::string& path, bool may_be_missing,
                            const std::vector<Column<Row>>& columns) {
  if (may_be_missing && !std::filesystem::exists(path)) return {};
  return read_rows(read_csv(path), columns);
}

}  // namespace

void write_tables(const Results& results, const std::string& dir, EmptyTables empty) {
  const TableWriter write(dir, empty);
  write("abundance.csv", abundance_columns(), with_untold(results));
  write("changes.csv", change_columns(), results.changes);
  write("patients.csv", patient_columns(), results.patients);
  write("marker_changes.csv", marker_change_columns(), results.marker_changes);
  write("marker_medians.csv", marker_median_columns(results.marker_medians), results.marker_medians,
        EmptyTables::kLeftOut);
  write("clusters.csv", cluster_columns(keys_of(results.clusters, &ClusterRow::medians)),
        results.clusters);
  write("abnormal.csv", abnormal_columns(), results.abnormal);
  write("qc.csv", qc_columns(keys_of(results.qc, &QcRow::dropped)), results.qc);
  write("gates.csv", gate_columns(), results.gates);
  write("cluster_counts.csv", cluster_count_columns(), results.cluster_counts,
        EmptyTables::kLeftOut);
  write("channels.csv", channel_columns(), results.channels, EmptyTables::kLeftOut);
}

void write_columns(const std::string& text, const std::string& dir) {
  std::istringstream lines(text);
  std::string kept, line;
  while (std::getline(lines, line)) {
    const std::string table = line.substr(0, line.find(','));
    if (table == "table" || std::filesystem::exists(table_path(dir, table.c_str())))
      kept += line + '\n';
  }
  write_whole_file(table_path(dir, "columns.csv"), kept);
}

Results read_tables(const std::string& dir, EmptyTables empty) {
  const bool may_miss = empty == EmptyTables::kLeftOut;
  const auto path = [&](const char* name) { return table_path(dir, name); };
  Results results;
  results.abundance = read_table(path("abundance.csv"), may_miss, abundance_columns());
  std::erase_if(results.abundance, [](const AbundanceRow& row) { return !row.reason.empty(); });
  results.changes = read_table(path("changes.csv"), may_miss, change_columns());
  results.patients = read_table(path("patients.csv"), may_miss, patient_columns());
  results.marker_changes = read_table(path("marker_changes.csv"), true, marker_change_columns());
  results.abnormal = read_table(path("abnormal.csv"), may_miss, abnormal_columns());
  const CsvTable clusters = read_csv(path("clusters.csv"));
  results.clusters = read_rows(clusters, cluster_columns(keys_of(clusters, kMedianPrefix)));
  const CsvTable qc = read_csv(path("qc.csv"));
  results.qc = read_rows(qc, qc_columns(keys_of(qc, kDroppedPrefix)));
  results.gates = read_table(path("gates.csv"), true, gate_columns());
  results.cluster_counts = read_table(path("cluster_counts.csv"), true, cluster_count_columns());
  results.channels = read_table(path("channels.csv"), true, channel_columns());
  return results;
}

}  // namespace gateless
