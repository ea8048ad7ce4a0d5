#include "io/fcs_reader.hpp"

#include <fmt/core.h>

#include <utility>

#include "io/byte_source.hpp"
#include "io/fcs_layout.hpp"
#include "io/fcs_spillover.hpp"
#include "io/fcs_text.hpp"
#include "io/fcs_values.hpp"

namespace gateless {
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

}  // namespace

RawSample read_fcs(const std::string& path, const FcsReadOptions& options) {
  const ByteSource source(path);
  FcsHead head = find_data_set(source, options.data_set);
  RawSample sample;
  sample.path = path;
  sample.version = head.version;
  sample.warnings = std::move(head.warnings);
  if (next_data_set(source, head)) {
    sample.warnings.push_back(fmt::format("The file holds more data sets; only number {} was read.",
                                          options.data_set + 1));
  }
  FcsLayout layout = read_fcs_layout(source, head, sample.warnings);
  sample.spillover = read_spillover(head.keywords, layout.channels, sample.warnings);
  sample.values = read_fcs_values(source, layout, sample.warnings);
  sample.events = layout.events;
  sample.channels = std::move(layout.channels);
  sample.keywords = std::move(head.keywords);
  return sample;
}

}  // namespace gateless
