#include "io/fcs_layout.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "io/fcs_columns.hpp"
#include "io/fcs_data_range.hpp"

namespace gateless::io {
namespace {

/// $BYTEORD (FCS 3.1, 3.2.20), of any number of bytes.
ByteOrder byte_order(const ByteSource& source, const FcsHead& head) {
  const std::string text = keyword(head.keywords, "$BYTEORD").value_or("");
  std::string digits;
  for (const char letter : text) {
    if (letter != ',' && letter != ' ') digits += letter;
  }
  constexpr std::string_view kAscending = "12345678";
  constexpr std::string_view kDescending = "87654321";
  if (digits == "3412") return ByteOrder::kHighWord;
  if (digits == "2143") return ByteOrder::kSwappedBytes;
  if (!digits.empty() && digits.size() <= 8) {
    if (kAscending.substr(0, digits.size()) == digits) return ByteOrder::kLittle;
    if (kDescending.substr(8 - digits.size()) == digits) return ByteOrder::kBig;
  }
  source.fail(
      head.text.begin,
      fmt::format("$BYTEORD is '{}' (the bytes of a value cannot be put in order); export the "
                  "file again as 1,2,3,4 or 4,3,2,1",
                  text));
}

void check_mode(const ByteSource& source, const FcsHead& head, std::vector<std::string>& warnings) {
  const auto mode = keyword(head.keywords, "$MODE");
  if (!mode && head.version != "FCS3.2") {
    warnings.push_back("$MODE is missing; list mode was taken.");
  }
  if (!mode || *mode == "L" || *mode == "l") return;
  source.fail(
      head.text.begin,
      fmt::format("$MODE is '{}' (a histogram has no single events, only list mode \"L\" has); "
                  "export the events in list mode",
                  *mode));
}

std::size_t channel_count(const ByteSource& source, const FcsHead& head) {
  const std::string text = keyword(head.keywords, "$PAR").value_or("");
  const auto count = whole_number(text);
  // A channel takes keywords of its own, so there cannot be more channels than keywords.
  if (count && *count >= 1 && *count <= std::min(head.keywords.size(), kMostChannels)) {
    return static_cast<std::size_t>(*count);
  }
  source.fail(
      head.text.begin,
      fmt::format("$PAR is '{}' with {} keywords in TEXT (the number of channels, at most {}, is "
                  "needed to read events); fetch or export the file again",
                  text, head.keywords.size(), kMostChannels));
}

FcsValueType data_type(const ByteSource& source, const FcsHead& head) {
  const std::string text = keyword(head.keywords, "$DATATYPE").value_or("");
  const auto type = value_type(text);
  if (type) return *type;
  source.fail(head.text.begin,
              fmt::format("$DATATYPE is '{}' (how values are stored is unknown; it "
                          "must be I, F, D or A); export the file again",
                          text));
}

void check_widths(const ByteSource& source, const FcsHead& head, const FcsLayout& layout) {
  bool is_packed = false;
  bool has_odd_width = false;
  bool has_text = false;
  std::size_t separated = 0;
  for (const FcsColumn& column : layout.columns) {
    is_packed |= column.bits % 8 != 0;
    has_odd_width |= column.bits > 8 && column.bits % 16 != 0;
    has_text |= column.type == FcsValueType::kText;
    separated += column.bits == 0 ? 1U : 0U;
  }
  const bool is_mixed_order =
      layout.order == ByteOrder::kHighWord || layout.order == ByteOrder::kSwappedBytes;
  const char* impossible = nullptr;
  if (separated != 0 && separated != layout.columns.size()) {
    impossible = "separated text ($PnB *) is mixed with values of fixed width";
  } else if (is_mixed_order && has_odd_width && !has_text) {
    impossible = "$BYTEORD mixes words of 16 bits, and a $PnB is no multiple of that";
  } else if (is_packed && has_text) {
    impossible = "bit-packed integers are mixed with text";
  }
  if (impossible != nullptr) {
    source.fail(head.text.begin,
                fmt::format("{} (the place of a value in DATA is undefined); export "
                            "the file again",
                            impossible));
  }
}

/// Some writers put the used bits into $PnB ("10") and store whole words. It is so where DATA has the length of words and
/// not of packed bits; $PnR still says which bits count.
void widen_to_words(const ByteSource& source, const FcsHead& head, FcsLayout& layout,
                    std::vector<std::string>& warnings) {
  std::uint64_t widest = 0;
  bool is_packed = false;
  for (const FcsColumn& column : layout.columns) {
    if (column.type != FcsValueType::kInteger) return;
    is_packed |= column.bits % 8 != 0;
    widest = std::max(widest, column.bits);
  }
  if (!is_packed || fills_fcs_data(source, head, layout.event_bits)) return;
  for (const std::uint64_t word : {8U, 16U, 32U, 64U}) {
    const std::uint64_t event_bits = word * layout.columns.size();
    if (word < widest || !fills_fcs_data(source, head, event_bits)) continue;
    layout.event_bits = event_bits;
    for (std::size_t index = 0; index < layout.columns.size(); ++index) {
      layout.columns[index].bits = word;
      layout.columns[index].bit_offset = word * index;
    }
    warnings.push_back(fmt::format(
        "$PnB gives up to {} bits, but DATA is as long as words of {} bits; those were read.",
        widest, word));
    return;
  }
}

void warn_of_repeated_names(const std::vector<Channel>& channels,
                            std::vector<std::string>& warnings) {
  std::set<std::string> seen;
  std::set<std::string> repeated;
  for (const Channel& channel : channels) {
    if (!seen.insert(channel.name).second) repeated.insert(channel.name);
  }
  for (const std::string& name : repeated) {
    warnings.push_back(fmt::format("Several channels are called {}.", name));
  }
}

}  // namespace

FcsLayout read_fcs_layout(const ByteSource& source, const FcsHead& head,
                          std::vector<std::string>& warnings) {
  check_mode(source, head, warnings);
  const std::size_t channels = channel_count(source, head);
  const FcsValueType type = data_type(source, head);
  FcsLayout layout;
  if (type != FcsValueType::kText) layout.order = byte_order(source, head);
  ColumnReader reader(head.keywords);
  for (std::size_t number = 1; number <= channels; ++number) {
    layout.columns.push_back(reader.column(number, type));
    FcsColumn& column = layout.columns.back();
    column.bit_offset = layout.event_bits;
    layout.event_bits += column.bits;
    layout.channels.push_back(reader.channel(number, column));
  }
  if (!reader.problems().empty()) {
    source.fail(
        head.text.begin,
        fmt::format("{} (the width of a value is needed to read events); export the file again",
                    reader.problems()));
  }
  for (std::string& warning : reader.warnings()) warnings.push_back(std::move(warning));
  widen_to_words(source, head, layout, warnings);
  check_widths(source, head, layout);
  warn_of_repeated_names(layout.channels, warnings);
  const FcsDataRange found = find_fcs_data(source, head, layout.event_bits, channels, warnings);
  layout.data = found.data;
  layout.events = found.events;
  return layout;
}

std::string value_type_name(const FcsLayout& layout) {
  if (layout.columns.empty()) return {};
  const FcsValueType first = layout.columns.front().type;
  for (const FcsColumn& column : layout.columns) {
    if (column.type != first) return "mixed";
  }
  switch (first) {
    case FcsValueType::kInteger:
      return "integer";
    case FcsValueType::kFloat:
      return "float";
    case FcsValueType::kDouble:
      return "double";
    case FcsValueType::kText:
      return "text";
  }
  return {};
}

}  // namespace gateless::io
