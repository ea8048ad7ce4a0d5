#include "io/result_tables.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <sstream>

#include "host/core/result_words.hpp"
#include "io/atomic_file.hpp"
#include "io/table_columns.hpp"

namespace gateless {
namespace {

constexpr std::string_view kMedian = "median:";
constexpr std::string_view kDropped = "dropped:";

template <class Word, std::size_t kWords>
bool parse_word(const std::string& text, Word& value, const std::array<Word, kWords>& words) {
  const auto found =
      std::find_if(words.begin(), words.end(), [&](Word word) { return text_of(word) == text; });
  if (found == words.end()) return false;
  value = *found;
  return true;
}

std::string field_text(Detection value) { return text_of(value); }
std::string field_text(Call value) { return text_of(value); }
bool parse_field(const std::string& text, Detection& value) {
  return parse_word(text, value,
                    std::array{Detection::kNotDetected, Detection::kNotQuantifiable,
                               Detection::kQuantifiable, Detection::kNotResolvable});
}
bool parse_field(const std::string& text, Call& value) {
  return parse_word(text, value,
                    std::array{Call::kUp, Call::kDown, Call::kNoChange, Call::kNotQuantifiable});
}

/// A column that holds a word of a fixed choice.
template <class Row, class Word>
Column<Row> word_column(std::string name, Word Row::*member) {
  return {std::move(name), [member](const Row& row) { return field_text(row.*member); },
          [member](Row& row, const std::string& text) { return parse_field(text, row.*member); }};
}

/// A column that holds what a row has under `key` in one of its lists; empty where it has nothing.
template <class Row, class Value>
Column<Row> list_column(std::string_view prefix, const std::string& key,
                        std::vector<std::pair<std::string, Value>> Row::*list) {
  return {std::string(prefix) + key,
          [list, key](const Row& row) {
            for (const auto& [name, value] : row.*list) {
              if (name == key) return gateless::field_text(value);
            }
            return std::string{};
          },
          [list, key](Row& row, const std::string& text) {
            if (text.empty()) return true;
            (row.*list).emplace_back(key, Value{});
            return gateless::parse_field(text, (row.*list).back().second);
          }};
}

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

std::vector<Column<AbundanceRow>> abundance_columns() {
  using Row = AbundanceRow;
  return {column("sample", &Row::sample),
          column("patient", &Row::patient),
          column("visit", &Row::visit),
          column("group", &Row::group),
          column("subset", &Row::subset),
          column("parent", &Row::parent),
          column("events", &Row::events),
          column("parent_events", &Row::parent_events),
          column("fraction_of_parent", &Row::fraction_of_parent),
          column("low", &Row::low),
          column("high", &Row::high),
          column("fraction_of_lineage", &Row::fraction_of_lineage),
          column("fraction_of_all", &Row::fraction_of_all),
          column("cells_per_ul", &Row::cells_per_ul),
          word_column("detection", &Row::detection),
          column("panel", &Row::panel),
          column("name", &Row::name),
          column("effective_parent_events", &Row::effective_parent_events),
          column("fraction_by_mixture", &Row::fraction_by_mixture),
          column("reason", &Row::reason),
          column("labelled_events", &Row::labelled_events)};
}

std::vector<Column<ChangeRow>> change_columns() {
  using Row = ChangeRow;
  return {column("subset", &Row::subset),
          column("comparison", &Row::comparison),
          column("patients", &Row::patients),
          column("median_before", &Row::median_before),
          column("median_after", &Row::median_after),
          column("change", &Row::change),
          column("change_low", &Row::change_low),
          column("change_high", &Row::change_high),
          column("patients_up", &Row::patients_up),
          column("patients_down", &Row::patients_down),
          column("test", &Row::test),
          column("p", &Row::p),
          column("p_floor", &Row::p_floor),
          column("q", &Row::q),
          column("name", &Row::name),
          column("denominator", &Row::denominator),
          column("family", &Row::family),
          column("activity_rho", &Row::activity_rho),
          column("activity_p", &Row::activity_p),
          column("activity_q", &Row::activity_q),
          column("patients_quantifiable", &Row::patients_quantifiable)};
}

std::vector<Column<PatientRow>> patient_columns() {
  using Row = PatientRow;
  return {column("subset", &Row::subset),
          column("patient", &Row::patient),
          column("visit", &Row::visit),
          column("before", &Row::before),
          column("after", &Row::after),
          column("change", &Row::change),
          column("low", &Row::low),
          column("high", &Row::high),
          column("p", &Row::p),
          word_column("call", &Row::call),
          column("name", &Row::name),
          word_column("detection_before", &Row::detection_before),
          word_column("detection_after", &Row::detection_after)};
}

std::vector<Column<MarkerChangeRow>> marker_change_columns() {
  using Row = MarkerChangeRow;
  return {column("panel", &Row::panel),
          column("subset", &Row::subset),
          column("name", &Row::name),
          column("marker", &Row::marker),
          column("comparison", &Row::comparison),
          column("patients", &Row::patients),
          column("median_before", &Row::median_before),
          column("median_after", &Row::median_after),
          column("change", &Row::change),
          column("change_low", &Row::change_low),
          column("change_high", &Row::change_high),
          column("spread", &Row::spread),
          column("patients_up", &Row::patients_up),
          column("patients_down", &Row::patients_down),
          column("test", &Row::test),
          column("p", &Row::p),
          column("p_floor", &Row::p_floor),
          column("q", &Row::q)};
}

/// The medians, for people and other programs: nothing here reads them back.
std::vector<Column<MarkerMediansRow>> marker_median_columns(
    const std::vector<MarkerMediansRow>& rows) {
  using Row = MarkerMediansRow;
  std::vector<Column<Row>> columns{column("sample", &Row::sample), column("patient", &Row::patient),
                                   column("visit", &Row::visit),   column("group", &Row::group),
                                   column("panel", &Row::panel),   column("subset", &Row::subset),
                                   column("name", &Row::name),     column("events", &Row::events)};
  std::vector<std::string> markers;
  for (const Row& row : rows) {
    for (const MarkerMedian& one : row.markers) {
      if (std::find(markers.begin(), markers.end(), one.marker) == markers.end())
        markers.push_back(one.marker);
    }
  }
  for (const std::string& marker : markers) {
    const auto text = [marker](const Row& row) {
      for (const MarkerMedian& one : row.markers) {
        if (one.marker == marker) return gateless::field_text(one.median);
      }
      return std::string{};
    };
    columns.push_back({std::string(kMedian) + marker, text, {}});
  }
  return columns;
}

std::vector<Column<ClusterRow>> cluster_columns(const std::vector<std::string>& markers) {
  using Row = ClusterRow;
  std::vector<Column<Row>> columns{
      column("metacluster", &Row::metacluster), column("nodes", &Row::nodes),
      column("events", &Row::events),           column("subset", &Row::subset),
      column("parent", &Row::parent),           column("confidence", &Row::confidence),
      column("phenotype", &Row::phenotype)};
  for (const std::string& marker : markers)
    columns.push_back(list_column(kMedian, marker, &Row::medians));
  columns.push_back(column("name", &Row::name));
  columns.push_back(column("panel", &Row::panel));
  columns.push_back(column("map", &Row::map));
  columns.push_back(column("explanation", &Row::explanation));
  columns.push_back(column("stability", &Row::stability));
  columns.push_back(column("compared", &Row::compared));
  return columns;
}

std::vector<Column<AbnormalRow>> abnormal_columns() {
  using Row = AbnormalRow;
  return {column("cluster", &Row::cluster),
          column("subset", &Row::subset),
          column("phenotype", &Row::phenotype),
          column("events", &Row::events),
          column("fraction_of_memory_b", &Row::fraction_of_memory_b),
          column("enrichment", &Row::enrichment),
          column("evidence", &Row::evidence),
          column("p", &Row::p),
          column("q", &Row::q),
          column("activity_rho", &Row::activity_rho),
          column("activity_p", &Row::activity_p),
          column("patients_present", &Row::patients_present),
          column("name", &Row::name),
          column("patients_quantifiable", &Row::patients_quantifiable)};
}

std::vector<Column<QcRow>> qc_columns(const std::vector<std::string>& reasons) {
  using Row = QcRow;
  std::vector<Column<Row>> columns{column("sample", &Row::sample), column("events", &Row::events),
                                   column("kept", &Row::kept)};
  for (const std::string& reason : reasons)
    columns.push_back(list_column(kDropped, reason, &Row::dropped));
  columns.push_back(column("compensation", &Row::compensation));
  columns.push_back(column("transforms", &Row::transforms));
  columns.push_back(column("batch_shift", &Row::batch_shift));
  columns.push_back(column("warnings", &Row::warnings));
  columns.push_back(column("panel", &Row::panel));
  columns.push_back(column("shifted_marker", &Row::shifted_marker));
  columns.push_back(column("thresholds", &Row::thresholds));
  return columns;
}

std::vector<Column<GateRow>> gate_columns() {
  using Row = GateRow;
  return {column("sample", &Row::sample),
          column("gate", &Row::gate),
          column("parent_path", &Row::path),
          column("x_channel", &Row::x_channel),
          column("x_low", &Row::x_low),
          column("x_high", &Row::x_high),
          column("y_channel", &Row::y_channel),
          column("y_low", &Row::y_low),
          column("y_high", &Row::y_high),
          column("events", &Row::events),
          column("labelled", &Row::labelled),
          column("labelled_inside", &Row::labelled_inside),
          column("precision", &Row::precision),
          column("recall", &Row::recall),
          column("f1", &Row::f1),
          column("untold_inside", &Row::untold_inside),
          column("subset", &Row::subset),
          column("name", &Row::name),
          column("x_marker", &Row::x_marker),
          column("y_marker", &Row::y_marker),
          column("is_last", &Row::is_last),
          column("panel", &Row::panel)};
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

std::vector<Column<ClusterCountRow>> cluster_count_columns() {
  using Row = ClusterCountRow;
  return {column("sample", &Row::sample), column("panel", &Row::panel),
          column("map", &Row::map),       column("metacluster", &Row::metacluster),
          column("events", &Row::events), column("fraction", &Row::fraction)};
}

std::vector<Column<ChannelRow>> channel_columns() {
  using Row = ChannelRow;
  return {column("panel", &Row::panel),    column("channel", &Row::channel),
          column("stain", &Row::stain),    column("marker", &Row::marker),
          column("role", &Row::role),      column("transform", &Row::transform),
          column("differs", &Row::differs)};
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
  results.clusters = read_rows(clusters, cluster_columns(keys_of(clusters, kMedian)));
  const CsvTable qc = read_csv(path("qc.csv"));
  results.qc = read_rows(qc, qc_columns(keys_of(qc, kDropped)));
  results.gates = read_table(path("gates.csv"), true, gate_columns());
  results.cluster_counts = read_table(path("cluster_counts.csv"), true, cluster_count_columns());
  results.channels = read_table(path("channels.csv"), true, channel_columns());
  return results;
}

}  // namespace gateless
