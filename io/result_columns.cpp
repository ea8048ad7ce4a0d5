#include "io/result_columns.hpp"

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

}  // namespace

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

}  // namespace gateless
