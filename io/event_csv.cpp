#include "io/event_csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "host/core/error.hpp"
#include "io/byte_source.hpp"
#include "io/event_cells.hpp"
#include "io/event_columns.hpp"
#include "io/line_reader.hpp"
#include "io/utf8.hpp"

namespace gateless::io {
namespace {

std::string shown(std::string_view field) { return valid_utf8(field.substr(0, 40)); }

std::string channel_name(std::string_view field) {
  const std::string text = valid_utf8(field);
  std::string name;
  for (std::size_t at = 0; at < text.size(); ++at) {
    name += text[at];
    if (text.compare(at, 2, "\"\"") == 0) ++at;
  }
  const std::size_t first = name.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return name.substr(first, name.find_last_not_of(' ') - first + 1);
}

/// FlowJo writes "detector :: stain".
Channel channel_of(const std::string& header) {
  constexpr std::string_view kBetween = " :: ";
  Channel channel{.name = header, .stain = "", .range = 0.0};
  const std::size_t at = header.find(kBetween);
  if (at == std::string::npos || at == 0 || at + kBetween.size() == header.size()) return channel;
  channel.name = header.substr(0, at);
  channel.stain = header.substr(at + kBetween.size());
  return channel;
}

/// One table on its way from lines to events.
class TableReader {
 public:
  TableReader(const std::string& path, const ByteSource& source) : lines_(source) {
    sample_.path = path;
    sample_.version = "CSV";
  }

  RawSample read() {
    read_header();
    while (const auto line = lines_.next()) {
      if (is_blank_row(*line, separator_)) {
        blank_rows_ += line->find(separator_) == std::string_view::npos ? 0U : 1U;
        continue;
      }
      if (sample_.events == 0) find_text_columns(*line);
      read_row(*line);
      ++sample_.events;
    }
    finish();
    return std::move(sample_);
  }

 private:
  [[noreturn]] void fail(std::uint64_t line, const std::string& message) const {
    throw InputError(fmt::format("{}:{}: {}", sample_.path, line, message));
  }

  /// "sep=;": a spreadsheet's line before the header, which says what separates fields.
  std::optional<char> named_separator(std::string_view line) const {
    std::string_view cell = bare(line);
    if (cell.size() < 4 || cell[3] != '=') return {};
    const bool is_sep = (cell[0] == 's' || cell[0] == 'S') && (cell[1] == 'e' || cell[1] == 'E') &&
                        (cell[2] == 'p' || cell[2] == 'P');
    if (!is_sep) return {};
    return cell.size() > 4 ? cell[4] : '\t';  // bare() has taken a tab away
  }

  void read_header() {
    std::optional<std::string_view> line = lines_.next();
    std::optional<char> named;
    if (line) named = named_separator(*line);
    if (named) line = lines_.next();
    while (line && line->find_first_not_of(" \t,;\"") == std::string_view::npos)
      line = lines_.next();
    if (!line) {
      fail(1, "there is no header row (channels have no names); put their names first");
    }
    header_line_ = lines_.number();
    separator_ = named.value_or(separator_of_line(*line));
    const std::vector<std::string_view> fields = split_fields(*line, separator_);
    if (fields.size() > kMostChannels) {
      fail(header_line_,
           fmt::format("{} columns (an event table has at most {}); give a table with a row for "
                       "each event and a column for each channel",
                       fields.size(), kMostChannels));
    }
    for (const std::string_view field : fields)
      sample_.channels.push_back(channel_of(channel_name(field)));
    name_columns();
    sample_.values.resize(sample_.channels.size());
    is_text_.assign(sample_.channels.size(), false);
    missing_.assign(sample_.channels.size(), 0);
  }

  void name_columns() {
    std::vector<Channel>& channels = sample_.channels;
    if (channels.front().name.empty() && channels.size() > 1) {
      has_row_names_ = true;
      channels.erase(channels.begin());
      sample_.warnings.emplace_back(
          "The first column has no name; it was taken as row names and left out.");
    }
    // Separators behind the last name: columns that a spreadsheet left empty.
    while (channels.size() > 1 && channels.back().name.empty()) channels.pop_back();
    const bool is_all_numbers =
        std::all_of(channels.begin(), channels.end(),
                    [](const Channel& channel) { return cell_number(channel.name).has_value(); });
    if (is_all_numbers) {
      fail(header_line_,
           "the first row holds numbers only (it must name the channels, or an event would be "
           "lost); put a header row before it");
    }
    for (std::size_t index = 0; index < channels.size(); ++index) {
      if (!channels[index].name.empty()) continue;
      fail(header_line_, fmt::format("column {} has no name (its measurement is unknown); name it",
                                     index + 1 + (has_row_names_ ? 1U : 0U)));
    }
  }

  /// The number of a cell, NaN where it says that there is none, or nothing.
  std::optional<float> value_of(std::string_view cell, std::size_t column) {
    if (const auto number = cell_number(cell)) {
      commas_.note_point(cell);
      return number;
    }
    if (is_missing_cell(cell)) {
      ++missing_[column];
      return std::nanf("");
    }
    return commas_.read(cell);  // between commas it was quoted
  }

  /// Columns of words (names of files, gates): by the first row, which must hold a number somewhere.
  void find_text_columns(std::string_view line) {
    FieldReader fields(line, separator_);
    if (has_row_names_) fields.next();
    DecimalCommas ignored;
    std::optional<std::size_t> words;
    std::string word;
    bool has_number = false;
    for (std::size_t column = 0; column < is_text_.size() && fields.has_more(); ++column) {
      const std::string_view cell = bare(fields.next());
      const bool is_number = cell_number(cell) || ignored.read(cell);
      has_number = has_number || is_number;
      is_text_[column] = !is_number && !is_missing_cell(cell);
      if (is_text_[column] && is_like_number(cell)) refuse_cell(cell, column);
      if (is_text_[column] && !words) {
        words = column;
        word = shown(cell);
      }
    }
    if (has_number || !words) return;
    fail(
        lines_.number(),
        fmt::format("'{}' in column {} is not a number, and no other cell of this row is (units, a "
                    "second header, or thousands in groups?); delete the row, or write plain "
                    "numbers",
                    word, sample_.channels[*words].name));
  }

  void read_row(std::string_view line) {
    FieldReader fields(line, separator_);
    if (has_row_names_) fields.next();
    std::size_t taken = 0;
    for (; taken < sample_.channels.size() && fields.has_more(); ++taken) {
      const std::string_view cell = bare(fields.next());
      const std::optional<float> value =
          is_text_[taken] ? text_value(cell, taken) : value_of(cell, taken);
      if (!value) refuse_cell(cell, taken);
      sample_.values[taken].push_back(*value);
    }
    if (taken == sample_.channels.size()) {
      while (fields.has_more()) {
        if (!bare(fields.next()).empty()) refuse_row(line);
      }
      return;
    }
    refuse_row(line);
  }

  /// In a column of words a number is a mistake: half of its values would be lost.
  std::optional<float> text_value(std::string_view cell, std::size_t column) {
    if (cell_number(cell)) {
      fail(lines_.number(),
           fmt::format("column {} holds numbers here and words in other rows (its values cannot be "
                       "told); correct it or leave the column out",
                       sample_.channels[column].name));
    }
    return std::nanf("");
  }

  [[noreturn]] void refuse_cell(std::string_view cell, std::size_t column) const {
    const std::string& name = sample_.channels[column].name;
    if (is_like_number(cell)) {
      fail(lines_.number(),
           fmt::format("'{}' in column {} is not a plain number (thousands in groups, or a unit?); "
                       "save the table with plain numbers",
                       shown(cell), name));
    }
    fail(
        lines_.number(),
        fmt::format("'{}' in column {} is not a number (every cell of an event table must be one); "
                    "correct it or leave the column out",
                    shown(cell), name));
  }

  [[noreturn]] void refuse_row(std::string_view line) const {
    const std::size_t cells = split_fields(line, separator_).size();
    const std::size_t named = sample_.channels.size() + (has_row_names_ ? 1U : 0U);
    const char* hint = cells == named + 1 && sample_.events == 0
                           ? "give the column of row names a header, or write the table without it"
                       : separator_ == ',' && cells > named
                           ? "decimal commas? save the table with decimal points or semicolons, or "
                             "correct the row"
                           : "correct the row";
    fail(lines_.number(),
         fmt::format(
             "the row has {} cells, the header {} (values would go to the wrong channels); {}",
             cells, named, hint));
  }

  void finish() {
    if (sample_.events == 0) {
      fail(lines_.number() + 1,
           "no row follows the header (there are no events, or this is not an event table); give "
           "FCS, "
           ".h5ad "
           "or a table with a row for each event");
    }
    if (const std::string doubt = commas_.doubt(); !doubt.empty()) {
      fail(header_line_,
           fmt::format("{} (decimal commas and thousands separators are ambiguous); save the table "
                       "with decimal points",
                       doubt));
    }
    if (commas_.any())
      sample_.warnings.emplace_back("Numbers have decimal commas and are read so.");
    if (blank_rows_ > 0) {
      sample_.warnings.push_back(
          fmt::format("{} rows hold nothing but separators and are left out.", blank_rows_));
    }
    tell_missing(sample_, is_text_, missing_);
    drop_text_columns(sample_, is_text_);
  }

  LineReader lines_;
  RawSample sample_;
  char separator_ = ',';
  bool has_row_names_ = false;
  std::uint64_t header_line_ = 1;
  std::vector<bool> is_text_;         ///< [channels]
  std::vector<std::size_t> missing_;  ///< [channels], cells
  std::size_t blank_rows_ = 0;
  DecimalCommas commas_;
};

}  // namespace

RawSample read_event_csv(const std::string& path) {
  const ByteSource source(path);
  return TableReader(path, source).read();
}

}  // namespace gateless::io
