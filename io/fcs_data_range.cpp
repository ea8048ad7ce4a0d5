#include "io/fcs_data_range.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace gateless::io {
namespace {

struct Search {
  const ByteSource& source;
  const FcsHead& head;
  std::uint64_t event_bits;
  std::optional<std::uint64_t> promised;  ///< $TOT
  std::vector<std::string>& warnings;
};

/// Bytes that `events` take; the largest number if that does not fit into 64 bits.
std::uint64_t bytes_of(std::uint64_t events, std::uint64_t event_bits) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  if (event_bits != 0 && events > (kMost - 7) / event_bits) return kMost;
  return (events * event_bits + 7) / 8;
}

std::uint64_t whole_events(std::uint64_t bytes, std::uint64_t event_bits) {
  if (bytes > std::numeric_limits<std::uint64_t>::max() / 8) return 0;
  return bytes * 8 / event_bits;
}

/// Writers give the end of DATA one byte too far or too near; such a segment still has exactly its events.
bool fits(ByteRange data, const Search& search) {
  if (!search.promised || search.event_bits == 0) return false;
  const std::uint64_t needed = bytes_of(*search.promised, search.event_bits);
  return needed <= search.source.size() && data.begin <= search.source.size() - needed &&
         data.size() + 1 >= needed && data.size() <= needed + 1;
}

/// HEADER's DATA and TEXT's may differ (FCS 3.1, 3.2.20 $BEGINDATA): the one that $TOT agrees with is right.
std::optional<ByteRange> choose_range(const Search& search) {
  const auto& in_header = search.head.header_data;
  const auto& in_text = search.head.text_data;
  if (!in_header || !in_text || *in_header == *in_text) return in_header ? in_header : in_text;
  const bool take_text = !fits(*in_header, search) && fits(*in_text, search);
  // An end that is off by one in either place means the same events.
  if (in_header->begin != in_text->begin || !fits(*in_header, search) || !fits(*in_text, search)) {
    search.warnings.push_back(
        fmt::format("HEADER puts DATA at bytes {} to {}, TEXT at {} to {}; {} was followed.",
                    in_header->begin, in_header->end, in_text->begin, in_text->end,
                    take_text ? "TEXT, which agrees with $TOT," : "HEADER"));
  }
  return take_text ? in_text : in_header;
}

[[noreturn]] void fail_truncated(const Search& search, ByteRange data, std::uint64_t available) {
  if (data.end > search.source.size()) {
    search.source.fail(
        search.source.size(),
        fmt::format(
            "the file ends inside DATA, which should go on to byte {} and holds {} of {} "
            "events (it is truncated, and what is missing is unknown); fetch the file again",
            data.end - 1, available,
            search.promised ? std::to_string(*search.promised) : "an unknown number of"));
  }
  search.source.fail(
      data.begin,
      fmt::format("DATA has room for {} events, but $TOT promises {} (the file is truncated or its "
                  "keywords are wrong); fetch or export the file again",
                  available, search.promised.value_or(0)));
}

/// Whether the bytes behind the promised events are only filling: one value repeated.
bool is_filling(const Search& search, ByteRange rest) {
  constexpr std::uint64_t kLookedAt = std::uint64_t{1} << 20U;
  const std::string bytes = search.source.text_up_to(rest.begin, std::min(rest.size(), kLookedAt));
  return rest.size() <= kLookedAt &&
         bytes.find_first_not_of(bytes.empty() ? '\0' : bytes.front()) == std::string::npos;
}

/// The number of events where DATA holds more than $TOT says, or $TOT says nothing.
std::uint64_t count_from_bytes(const Search& search, ByteRange data, std::uint64_t available) {
  if (!search.promised) {
    search.warnings.push_back(
        fmt::format("$TOT is missing; {} events were counted from the size of DATA.", available));
    return available;
  }
  const ByteRange rest{data.begin + bytes_of(*search.promised, search.event_bits), data.end};
  if (*search.promised > 0 && is_filling(search, rest)) return *search.promised;
  search.warnings.push_back(
      fmt::format("$TOT says {} events, but DATA holds {}; all that are there were taken.",
                  *search.promised, available));
  return available;
}

FcsDataRange weigh(const Search& search, ByteRange declared) {
  const std::uint64_t size = search.source.size();
  const ByteRange data{declared.begin, std::min(declared.end, size)};
  const std::uint64_t available = whole_events(data.size(), search.event_bits);
  if (fits(declared, search)) {
    const std::uint64_t needed = bytes_of(*search.promised, search.event_bits);
    return {{data.begin, data.begin + needed}, *search.promised};
  }
  const bool is_cut = declared.end > size + 1;
  if (search.promised.value_or(0) > available || (is_cut && !search.promised)) {
    fail_truncated(search, declared, available);
  }
  if (is_cut) {
    search.warnings.push_back(
        fmt::format("DATA should end at byte {}, the file at {}; it holds all events of $TOT.",
                    declared.end - 1, size));
  }
  if (search.promised == available) return {data, available};
  return {data, count_from_bytes(search, data, available)};
}

/// Separated text: a value takes a character and a separator at least.
FcsDataRange weigh_separated(const Search& search, ByteRange declared, std::size_t channels) {
  const ByteRange data{declared.begin, std::min(declared.end, search.source.size())};
  if (!search.promised) {
    search.source.fail(search.head.text.begin,
                       "$TOT is missing (values of separated text cannot be counted without it); "
                       "export the file again");
  }
  const std::uint64_t most = (data.size() + 1) / 2 / std::max<std::size_t>(channels, 1);
  if (*search.promised > most) fail_truncated(search, declared, most);
  return {data, *search.promised};
}

}  // namespace

bool fills_fcs_data(const ByteSource& source, const FcsHead& head, std::uint64_t event_bits) {
  std::vector<std::string> unheard;
  const auto total = keyword(head.keywords, "$TOT");
  const Search search{source, head, event_bits, total ? whole_number(*total) : std::nullopt,
                      unheard};
  const std::optional<ByteRange> declared = choose_range(search);
  return declared && fits(*declared, search);
}

FcsDataRange find_fcs_data(const ByteSource& source, const FcsHead& head, std::uint64_t event_bits,
                           std::size_t channels, std::vector<std::string>& warnings) {
  Search search{source, head, event_bits, {}, warnings};
  if (const auto total = keyword(head.keywords, "$TOT")) {
    search.promised = whole_number(*total);
    if (!search.promised) {
      warnings.push_back(fmt::format("$TOT is '{}', which is not a number of events.", *total));
    }
  }
  const std::optional<ByteRange> declared = choose_range(search);
  if (!declared || declared->size() == 0) {
    if (search.promised == std::uint64_t{0} || channels == 0) return {};
    source.fail(
        head.start + 26,
        fmt::format("neither HEADER nor TEXT says where DATA is, and $TOT promises {} events "
                    "(there is nothing to read); fetch the file again",
                    search.promised ? std::to_string(*search.promised) : "an unknown number of"));
  }
  if (declared->begin < head.start + 58 || declared->begin > source.size()) {
    if (search.promised == std::uint64_t{0}) return {};
    source.fail(
        std::min(declared->begin, source.size()),
        fmt::format("DATA should begin at byte {}, which is not possible in a file of {} "
                    "bytes (it is truncated or its offsets are wrong); fetch the file again",
                    declared->begin, source.size()));
  }
  return event_bits == 0 ? weigh_separated(search, *declared, channels) : weigh(search, *declared);
}

}  // namespace gateless::io
