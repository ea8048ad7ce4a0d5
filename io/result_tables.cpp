#include "io/result_tables.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "io/atomic_file.hpp"
#include "io/result_columns.hpp"

namespace gateless::io {
namespace {

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
  template <class Fields>
  void operator()(const char* name, const Fields& fields,
                  const std::vector<RowOf<Fields>>& rows) const {
    operator()(name, columns_of(fields, rows), rows, empty_);
  }
  template <class Fields>
  void if_any(const char* name, const Fields& fields,
              const std::vector<RowOf<Fields>>& rows) const {
    operator()(name, columns_of(fields, rows), rows, EmptyTables::kLeftOut);
  }

 private:
  const std::string& dir_;
  EmptyTables empty_;
};

/// The rows of a table, none where the file may be missing and is.
template <class Fields>
std::vector<RowOf<Fields>> read_table(const std::string& path, bool may_be_missing,
                                      const Fields& fields) {
  if (may_be_missing && !std::filesystem::exists(path)) return {};
  const CsvTable table = read_csv(path);
  return read_rows(table, columns_of(fields, table));
}

}  // namespace

void write_tables(const Results& results, const std::string& dir, EmptyTables empty) {
  const TableWriter write(dir, empty);
  write("abundance.csv", kAbundanceFields, with_untold(results));
  write("changes.csv", kChangeFields, results.changes);
  write("patients.csv", kPatientFields, results.patients);
  write("marker_changes.csv", kMarkerChangeFields, results.marker_changes);
  write("marker_medians.csv", marker_median_columns(results.marker_medians), results.marker_medians,
        EmptyTables::kLeftOut);
  write("clusters.csv", kClusterFields, results.clusters);
  write("abnormal.csv", kAbnormalFields, results.abnormal);
  write("qc.csv", kQcFields, results.qc);
  write("gates.csv", kGateFields, results.gates);
  write.if_any("cluster_counts.csv", kClusterCountFields, results.cluster_counts);
  write.if_any("channels.csv", kChannelFields, results.channels);
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
  results.abundance = read_table(path("abundance.csv"), may_miss, kAbundanceFields);
  std::erase_if(results.abundance, [](const AbundanceRow& row) { return !row.reason.empty(); });
  results.changes = read_table(path("changes.csv"), may_miss, kChangeFields);
  results.patients = read_table(path("patients.csv"), may_miss, kPatientFields);
  results.marker_changes = read_table(path("marker_changes.csv"), true, kMarkerChangeFields);
  results.abnormal = read_table(path("abnormal.csv"), may_miss, kAbnormalFields);
  results.clusters = read_table(path("clusters.csv"), false, kClusterFields);
  results.qc = read_table(path("qc.csv"), false, kQcFields);
  results.gates = read_table(path("gates.csv"), true, kGateFields);
  results.cluster_counts = read_table(path("cluster_counts.csv"), true, kClusterCountFields);
  results.channels = read_table(path("channels.csv"), true, kChannelFields);
  return results;
}

}  // namespace gateless::io
