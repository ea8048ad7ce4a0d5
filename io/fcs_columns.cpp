#include "io/fcs_columns.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace gateless::io {
namespace {

bool is_time(const std::string& name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return lower == "time" || lower == "hdr-t";
}

}  // namespace

std::optional<FcsValueType> value_type(const std::string& letter) {
  if (letter == "I" || letter == "i") return FcsValueType::kInteger;
  if (letter == "F" || letter == "f") return FcsValueType::kFloat;
  if (letter == "D" || letter == "d") return FcsValueType::kDouble;
  if (letter == "A" || letter == "a") return FcsValueType::kText;
  return {};
}

std::optional<std::string> ColumnReader::value(std::size_t number, const char* suffix) const {
  return keyword(keywords_, fmt::format("$P{}{}", number, suffix));
}

void ColumnReader::odd(const char* sentence, std::size_t number) {
  auto kind = std::find_if(kinds_.begin(), kinds_.end(),
                           [&](const Kind& each) { return each.sentence == sentence; });
  if (kind == kinds_.end()) kind = kinds_.insert(kind, Kind{sentence, number, 0});
  ++kind->channels;
}

std::vector<std::string> ColumnReader::warnings() const {
  std::vector<std::string> all = warnings_;
  for (const Kind& kind : kinds_) {
    const std::string which = kind.channels == 1 ? fmt::format("channel {}", kind.first)
                                                 : fmt::format("{} channels, the first number {},",
                                                               kind.channels, kind.first);
    all.push_back(fmt::format(fmt::runtime(kind.sentence), which));
  }
  if (oddities_ > warnings_.size()) {
    all.push_back(fmt::format("{} more channel keywords are odd.", oddities_ - warnings_.size()));
  }
  return all;
}

/// $PnB: bits, or characters of text ("*" if separated) (FCS 3.1, 3.2.20).
void ColumnReader::read_width(std::size_t number, FcsColumn& column) {
  const auto width = value(number, "B");
  const std::uint64_t bits = width ? whole_number(*width).value_or(0) : 0;
  if (column.type == FcsValueType::kFloat || column.type == FcsValueType::kDouble) {
    column.bits = column.type == FcsValueType::kFloat ? 32 : 64;
    if (bits != column.bits) {
      warn(fmt::format("$P{}B is '{}', but $DATATYPE makes it {} bits.", number, width.value_or(""),
                       column.bits));
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
    odd("$PnR of {} is no range.", number);
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
    warn(fmt::format("$P{}E is '{}', which is not a scale; the channel was read as linear.", number,
                     scale));
  } else if (*decades > 0.0 &&
             (column.type == FcsValueType::kFloat || column.type == FcsValueType::kDouble)) {
    odd("$PnE of {} says logarithmic, but floating-point values are linear: they are left as they "
        "are.",
        number);
  } else if (*decades > 0.0) {
    if (column.range > 0.0) {
      column.decades = *decades;
      column.lowest = *lowest == 0.0 ? 1.0 : *lowest;  // "4,0" is not allowed and means "4,1"
      return;
    }
    warn(fmt::format("Channel {} is logarithmic without a $PnR; its values are not scaled.",
                     number));
  }
  if (const auto text = value(number, "G")) {
    const auto gain = decimal(*text);
    if (gain && *gain > 0.0) {
      column.gain = *gain;
    } else {
      odd("$PnG of {} is not a gain; 1 was used.", number);
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

Channel ColumnReader::channel(std::size_t number, FcsColumn& column) {
  Channel channel;
  channel.stain = value(number, "S").value_or("");
  if (channel.stain.empty()) {
    channel.stain = keyword(keywords_, fmt::format("P{}S", number)).value_or("");
    if (!channel.stain.empty())
      odd("The stain of {} is given as PnS, without the dollar sign.", number);
  }
  if (const auto name = value(number, "N")) {
    channel.name = *name;
  } else {
    channel.name = fmt::format("P{}", number);
    warn(fmt::format("$P{}N is missing; the channel is called {}.", number, channel.name));
  }
  if (is_time(channel.name)) column.gain = 1.0;
  channel.range = column.decades > 0.0 ? column.lowest * std::pow(10.0, column.decades)
                                       : column.range / column.gain;
  return channel;
}

}  // namespace gateless::io
