#include "io/fcs_reader.hpp"

#include <fmt/core.h>

#include <utility>

#include "host/core/error.hpp"
#include "io/byte_source.hpp"
#include "io/fcs_layout.hpp"
#include "io/fcs_spillover.hpp"
#include "io/fcs_text.hpp"
#include "io/fcs_values.hpp"

namespace gateless::io {
namespace {

FcsHead find_data_set(const ByteSource& source, std::size_t data_set) {
  FcsHead head = read_fcs_head(source, 0);
  for (std::size_t index = 0; index < data_set; ++index) {
    const auto next = next_data_set(source, head);
    if (!next) {
      source.fail(head.start, fmt::format("data set {} was asked for, but this is the last of {} "
                                          "(counted from 0); ask for one that is there",
                                          data_set, index + 1));
    }
    head = read_fcs_head(source, *next);
  }
  return head;
}

/// How many data sets there are behind the one that is read, and how many events they say they have.
void say_other_data_sets(const ByteSource& source, const FcsHead& head, std::size_t data_set,
                         std::vector<std::string>& warnings) {
  constexpr std::size_t kMostNamed = 5;
  std::size_t more = 0;
  std::string events;
  FcsHead last;
  last.start = head.start;
  last.text = head.text;
  last.keywords = head.keywords;
  for (auto next = next_data_set(source, last); next && more < 10'000;
       next = next_data_set(source, last)) {
    ++more;
    try {
      last = read_fcs_head(source, *next);
    } catch (const InputError&) {
      break;  // counted; what is behind it cannot be found
    }
    if (more <= kMostNamed)
      events += (events.empty() ? "" : ", ") + keyword(last.keywords, "$TOT").value_or("?");
    if (more == kMostNamed + 1) events += ", ...";
  }
  if (more == 0) return;
  warnings.push_back(
      fmt::format("Only data set {} of {} is read ({} events); those behind it have {} events.",
                  data_set + 1, data_set + 1 + more, keyword(head.keywords, "$TOT").value_or("?"),
                  events.empty() ? "?" : events));
}

}  // namespace

RawSample read_fcs(const std::string& path, const FcsReadOptions& options) {
  const ByteSource source(path, options.digest);
  FcsHead head = find_data_set(source, options.data_set);
  RawSample sample;
  sample.path = path;
  sample.version = head.version;
  sample.warnings = std::move(head.warnings);
  say_other_data_sets(source, head, options.data_set, sample.warnings);
  FcsLayout layout = read_fcs_layout(source, head, sample.warnings);
  sample.spillover = read_spillover(head.keywords, layout.channels, sample.warnings);
  sample.values = read_fcs_values(source, layout, sample.warnings);
  sample.events = layout.events;
  sample.channels = std::move(layout.channels);
  sample.keywords = std::move(head.keywords);
  return sample;
}

}  // namespace gateless::io
