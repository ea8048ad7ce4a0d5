#include "io/result_columns.hpp"

namespace gateless::io {

std::vector<Column<MarkerMediansRow>> marker_median_columns(
    const std::vector<MarkerMediansRow>& rows) {
  using Row = MarkerMediansRow;
  std::vector<Column<Row>> columns = columns_of(kMarkerMediansFields, rows);
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
        if (one.marker == marker) return field_text(one.median);
      }
      return std::string{};
    };
    columns.push_back({"median:" + marker, text, {}});
  }
  return columns;
}

}  // namespace gateless::io
