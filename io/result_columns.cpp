#include "io/result_columns.hpp"

#include <algorithm>
#include <array>

#include "host/core/result_words.hpp"

namespace gateless {
namespace {

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

}  // namespace

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
    columns.push_back({std::string(kMedianPrefix) + marker, text, {}});
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
    columns.push_back(list_column(kMedianPrefix, marker, &Row::medians));
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
    columns.push_back(list_column(kDroppedPrefix, reason, &Row::dropped));
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

}  // namespace gateless
