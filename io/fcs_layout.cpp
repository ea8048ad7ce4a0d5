#include "io/fcs_layout.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "io/fcs_data_range.hpp"

namespace gateless {
namespace {

/// Reads the keywords of the channels one by one; what cannot be is collected and thrown at once.
class ColumnReader {
 public:
  ColumnReader(const FcsHead& head, std::vector<std::string>& warnings)
      : keywords_(head.keywords), warnings_(warnings) {}

  FcsColumn column(std::size_t number, FcsValueType type);
  Channel channel(std::size_t number, FcsColumn& column);
  [[nodiscard]] const std::string& problems() const { return problems_; }

 private:
  [[nodiscard]] std::optional<std::string> value(std::size_t number, const char* suffix) const {
    return keyword(keywords_, fmt::format("$P{}{}", number, suffix));
  }
  void problem(const std::string& text) {
    if (problems_.size() < 500) problems_ += (problems_.empty() ? "" : "; ") + text;
  }
  void read_width(std::size_t number, FcsColumn& column);
  void read_range(std::size_t number, FcsColumn& column);
  void read_scale(std::size_t number, FcsColumn& column);

  const FcsKeywords& keywords_;
  std::vector<std::string>& warnings_;
  std::string problems_;
};

std::optional<FcsValueType> value_type(const std::string& letter) {
  if (letter == "I" || letter == "i") return FcsValueType::kInteger;
  if (letter == "F" || letter == "f") return FcsValueType::kFloat;
  if (letter == "D" || letter == "d") return FcsValueType::kDouble;
  if (letter == "A" || letter == "a") return FcsValueType::kText;
  return {};
}

/// $PnB: bits, or characters of text ("*" if separated) (FCS 3.1, 3.2.20).
void ColumnReader::read_width(std::size_t number, FcsColumn& column) {
  const auto width = value(number, "B");
  const std::uint64_t bits = width ? whole_number(*width).value_or(0) : 0;
  if (column.type == FcsValueType::kFloat || column.type == FcsValueType::kDouble) {
    column.bits = column.type == FcsValueType::kFloat ? 32 : 64;
    if (bits != column.bits) {
      warnings_.push_back(fmt::format("$P{}B is '{}', but $DATATYPE makes it {} bits.", number,
                                      width.value_or(""), column.bits));
    }
    return;
  }
  if (column.type == FcsValueType::kText) {
    constexpr std::uint64_t kMostCharacters = 64;
    if (width == "*") return;
    if (bits >= 1 && bits <= kMostCharacters) {
      column.bits = bits * 8;
      return;
    }
  } else if (bits >= 1 && bits <= 64) {
    column.bits = bits;
    return;
  }
  problem(fmt::format("$P{}B is '{}'", number, width.value_or("")));
}

/// $PnR: values lie below it, and higher bits of an integer mean nothing (FCS 3.1, 3.2.20).
void ColumnReader::read_range(std::size_t number, FcsColumn& column) {
  const auto text = value(number, "R");
  const auto range = text ? decimal(*text) : std::nullopt;
  if (!range || *range < 0.0) {
    warnings_.push_back(
        fmt::format("$P{}R is '{}', which is no range.", number, text.value_or("")));
    return;
  }
  column.range = *range;
  if (column.type != FcsValueType::kInteger || *range <= 1.0) return;
  std::uint64_t used = 0;
  while (used < column.bits && std::ldexp(1.0, static_cast<int>(used)) < *range) ++used;
  if (used < column.bits) column.mask = (std::uint64_t{1} << used) - 1;
}

/// $PnE and $PnG (FCS 3.1, 3.2.20). Gain belongs to linear channels only, and floating point is always linear.
void ColumnReader::read_scale(std::size_t number, FcsColumn& column) {
  const std::string scale = value(number, "E").value_or("0,0");
  const std::size_t comma = scale.find(',');
  const auto decades = decimal(std::string_view(scale).substr(0, comma));
  const auto lowest = comma == std::string::npos
                          ? std::optional<double>(0.0)
                          : decimal(std::string_view(scale).substr(comma + 1));
  if (!decades || !lowest || *decades < 0.0 || *decades > 50.0 || *lowest < 0.0) {
    warnings_.push_back(fmt::format(
        "$P{}E is '{}', which is no scale; the channel was taken as linear.", number, scale));
  } else if (*decades > 0.0 && column.type != FcsValueType::kFloat &&
             column.type != FcsValueType::kDouble) {
    if (column.range > 0.0) {
      column.decades = *decades;
      column.lowest = *lowest == 0.0 ? 1.0 : *lowest;  // "4,0" is not allowed and means "4,1"
      return;
    }
    warnings_.push_back(fmt::format(
        "Channel {} is logarithmic without a $PnR; its values are not scaled.", number));
  }
  if (const auto text = value(number, "G")) {
    const auto gain = decimal(*text);
    if (gain && *gain > 0.0) {
      column.gain = *gain;
    } else {
      warnings_.push_back(
          fmt::format("$P{}G is '{}', which is no gain; 1 was taken.", number, *text));
    }
  }
}

FcsColumn ColumnReader::column(std::size_t number, FcsValueType type) {
  FcsColumn column;
  column.type = type;
  if (const auto own = value(number, "DATATYPE")) {  // FCS 3.2, 3.2.20
    const auto own_type = value_type(*own);
    if (own_type) {
      column.type = *own_type;
    } else {
      problem(fmt::format("$P{}DATATYPE is '{}'", number, *own));
    }
  }
  read_width(number, column);
  read_range(number, column);
  read_scale(number, column);
  return column;
}

bool is_time(const std::string& name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return lower == "time" || lower == "hdr-t";
}

Channel ColumnReader::channel(std::size_t number, FcsColumn& column) {
  Channel channel;
  channel.stain = value(number, "S").value_or("");
  if (const auto name = value(number, "N")) {
    channel.name = *name;
  } else {
    channel.name = fmt::format("P{}", number);
    warnings_.push_back(
        fmt::format("$P{}N is missing; the channel is called {}.", number, channel.name));
  }
  if (is_time(channel.name)) column.gain = 1.0;
  channel.range = column.decades > 0.0 ? column.lowest * std::pow(10.0, column.decades)
                                       : column.range / column.gain;
  return channel;
}

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
  if (count && *count >= 1 && *count <= head.keywords.size()) {
    return static_cast<std::size_t>(*count);
  }
  source.fail(
      head.text.begin,
      fmt::format("$PAR is '{}' with {} keywords in TEXT (the number of channels is needed to "
                  "read events); fetch or export the file again",
                  text, head.keywords.size()));
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
  ColumnReader reader(head, warnings);
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

}  // namespace gateless
