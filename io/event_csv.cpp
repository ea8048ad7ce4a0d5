#include "io/event_csv.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "host/core/error.hpp"
#include "io/byte_source.hpp"
#include "io/utf8.hpp"

namespace gateless {
namespace {

[[noreturn]] void fail(const std::string& path, std::uint64_t line, const std::string& message) {
  throw InputError(fmt::format("{}:{}: {}", path, line, message));
}

/// The lines of a file, one block in memory at a time.
class LineReader {
 public:
  explicit LineReader(const ByteSource& source) : source_(source) {}

  /// The next line without its end, or nothing behind the last; valid until the next call.
  std::optional<std::string_view> next() {
    std::size_t end = block_.find('\n', begin_);
    while (end == std::string::npos && position_ < source_.size()) {
      const std::size_t searched = block_.size() - begin_;
      block_.erase(0, begin_);
      begin_ = 0;
      block_ += source_.text_up_to(position_, kBlockBytes);
      position_ += block_.size() - searched;
      end = block_.find('\n', searched);
    }
    if (begin_ == block_.size()) return {};
    end = std::min(end, block_.size());
    std::string_view line = std::string_view(block_).substr(begin_, end - begin_);
    begin_ = std::min(end + 1, block_.size());
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  static constexpr std::uint64_t kBlockBytes = std::uint64_t{1} << 20U;
  const ByteSource& source_;
  std::string block_;
  std::size_t begin_ = 0;       ///< of the next line, in `block_`
  std::uint64_t position_ = 0;  ///< of the end of `block_`, in the file
  std::uint64_t number_ = 0;    ///< of the last line, from 1
};

/// The fields of a line one by one; a quoted one loses its quotes, but not doubled quotes inside.
class FieldReader {
 public:
  FieldReader(std::string_view line, char separator) : rest_(line), separator_(separator) {}

  [[nodiscard]] bool has_more() const { return has_more_; }
  std::string_view next() {
    std::size_t end = 0;
    std::string_view field;
    if (rest_.starts_with('"')) {
      std::size_t quote = std::min(rest_.find('"', 1), rest_.size());
      while (quote + 1 < rest_.size() && rest_[quote + 1] == '"') {
        quote = std::min(rest_.find('"', quote + 2), rest_.size());
      }
      field = rest_.substr(1, quote - 1);
      end = std::min(rest_.find(separator_, quote), rest_.size());
    } else {
      end = std::min(rest_.find(separator_), rest_.size());
      field = rest_.substr(0, end);
    }
    has_more_ = end < rest_.size();
    rest_.remove_prefix(has_more_ ? end + 1 : end);
    return field;
  }

 private:
  std::string_view rest_;
  char separator_;
  bool has_more_ = true;
};

std::vector<std::string_view> split(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  FieldReader reader(line, separator);
  while (reader.has_more()) fields.push_back(reader.next());
  return fields;
}

char find_separator(std::string_view header) {
  for (const char separator : {'\t', ';', ','}) {
    if (split(header, separator).size() > 1) return separator;
  }
  return ',';
}

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

std::optional<float> number(std::string_view field) {
  while (!field.empty() && (field.front() == ' ' || field.front() == '"')) field.remove_prefix(1);
  while (!field.empty() && (field.back() == ' ' || field.back() == '"')) field.remove_suffix(1);
  if (field.starts_with('+')) field.remove_prefix(1);
  float value = 0.0F;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (end != field.data() + field.size() || field.empty()) return {};
  if (error ==
      std::errc::result_out_of_range) {  // too large or too small for a float, not for a double
    double wide = 0.0;
    std::from_chars(field.data(), field.data() + field.size(), wide);
    return static_cast<float>(wide);
  }
  if (error != std::errc{}) return {};
  return value;
}

struct Table {
  char separator = ',';
  bool has_row_names = false;
};

/// Names the channels from the header row.
Table read_header(LineReader& lines, RawSample& sample) {
  std::optional<std::string_view> line = lines.next();
  if (line && line->starts_with("\xEF\xBB\xBF")) line->remove_prefix(3);
  if (line && line->starts_with("sep="))
    line = lines.next();  // a spreadsheet's line before the header
  if (!line || line->find_first_not_of(" \t,;") == std::string_view::npos) {
    fail(sample.path, 1, "there is no header row (channels have no names); put their names first");
  }
  Table table;
  table.separator = find_separator(*line);
  const std::vector<std::string_view> fields = split(*line, table.separator);
  if (fields.size() > kMostChannels) {
    fail(sample.path, 1,
         fmt::format("{} columns (an event table has at most {}); give a table with a row for each "
                     "event and a column for each channel",
                     fields.size(), kMostChannels));
  }
  for (const std::string_view field : fields) {
    sample.channels.push_back(channel_of(channel_name(field)));
  }
  if (sample.channels.front().name.empty() && sample.channels.size() > 1) {
    table.has_row_names = true;
    sample.channels.erase(sample.channels.begin());
    sample.warnings.push_back(
        "The first column has no name; it was taken as row names and left out.");
  }
  const bool is_all_numbers =
      std::all_of(sample.channels.begin(), sample.channels.end(),
                  [](const Channel& channel) { return number(channel.name).has_value(); });
  if (is_all_numbers) {
    fail(sample.path, 1,
         "the first row holds numbers only (it must name the channels, or an event would be lost); "
         "put a header row before it");
  }
  for (std::size_t index = 0; index < sample.channels.size(); ++index) {
    if (!sample.channels[index].name.empty()) continue;
    fail(sample.path, 1,
         fmt::format("column {} has no name (it cannot be told what it measures); "
                     "name it",
                     index + 1 + (table.has_row_names ? 1U : 0U)));
  }
  return table;
}

void read_row(std::string_view line, std::uint64_t line_number, const Table& table,
              RawSample& sample) {
  FieldReader fields(line, table.separator);
  if (table.has_row_names) fields.next();
  std::size_t taken = 0;
  for (; taken < sample.channels.size() && fields.has_more(); ++taken) {
    const std::string_view field = fields.next();
    const std::optional<float> value = number(field);
    if (!value && table.separator != ',' && std::count(field.begin(), field.end(), ',') == 1) {
      fail(sample.path, line_number,
           fmt::format(
               "'{}' in column {} has a decimal comma (numbers need a decimal point); save the "
               "table with decimal points",
               valid_utf8(field.substr(0, 40)), sample.channels[taken].name));
    }
    if (!value) {
      fail(sample.path, line_number,
           fmt::format(
               "'{}' in column {} is not a number (every cell of an event table must be one); "
               "correct it or leave the column out",
               valid_utf8(field.substr(0, 40)), sample.channels[taken].name));
    }
    sample.values[taken].push_back(*value);
  }
  if (taken == sample.channels.size() && !fields.has_more()) return;
  fail(sample.path, line_number,
       fmt::format("the row has {} cells, the header {} (values would go to the wrong channels); "
                   "correct the row",
                   split(line, table.separator).size(),
                   sample.channels.size() + (table.has_row_names ? 1U : 0U)));
}

void count_not_finite(RawSample& sample) {
  for (std::size_t channel = 0; channel < sample.channels.size(); ++channel) {
    const auto count = std::count_if(sample.values[channel].begin(), sample.values[channel].end(),
                                     [](float value) { return !std::isfinite(value); });
    if (count != 0) {
      sample.warnings.push_back(fmt::format("{} values of {} are infinite or not a number.", count,
                                            sample.channels[channel].name));
    }
  }
}

}  // namespace

RawSample read_event_csv(const std::string& path) {
  const ByteSource source(path);
  LineReader lines(source);
  RawSample sample;
  sample.path = path;
  sample.version = "CSV";
  const Table table = read_header(lines, sample);
  sample.values.resize(sample.channels.size());
  while (const auto line = lines.next()) {
    if (line->find_first_not_of(' ') == std::string_view::npos) continue;
    read_row(*line, lines.number(), table, sample);
    ++sample.events;
  }
  if (sample.events == 0) {
    fail(path, lines.number() + 1,
         "no row follows the header (there are no events, or this is no event table); give FCS, "
         ".h5ad "
         "or a table with a row for each event");
  }
  count_not_finite(sample);
  return sample;
}

}  // namespace gateless
