#include "io/inspect.hpp"

#include <fmt/core.h>

#include <exception>
#include <optional>
#include <utility>

#include "io/byte_source.hpp"
#include "io/event_csv.hpp"
#include "io/event_file.hpp"
#include "io/fcs_layout.hpp"
#include "io/fcs_spillover.hpp"
#include "io/fcs_text.hpp"
#include "io/h5ad_reader.hpp"

namespace gateless::io {
namespace {

std::string order_name(const FcsKeywords& keywords, const FcsLayout& layout) {
  if (value_type_name(layout) == "text") return {};
  switch (layout.order) {
    case ByteOrder::kLittle:
      return "little endian";
    case ByteOrder::kBig:
      return "big endian";
    case ByteOrder::kHighWord:
    case ByteOrder::kSwappedBytes:
      return keyword(keywords, "$BYTEORD").value_or("");
  }
  return {};
}

/// Follows $NEXTDATA; a data set that cannot be read is counted and ends the chain.
void count_data_sets(const ByteSource& source, const FcsHead& first, FileSummary& summary) {
  constexpr std::size_t kMostDataSets = 10'000;
  summary.data_sets = 1;
  std::optional<std::uint64_t> next = next_data_set(source, first);
  while (next && summary.data_sets < kMostDataSets) {
    ++summary.data_sets;
    next = next_data_set(source, read_fcs_head(source, *next));
  }
}

/// What is known stays in the summary when a later step throws.
void inspect_fcs(const std::string& path, FileSummary& summary) {
  const ByteSource source(path);
  const FcsHead head = read_fcs_head(source, 0);
  summary.version = head.version;
  summary.data_sets = 1;
  summary.cytometer = keyword(head.keywords, "$CYT").value_or("");
  summary.date = keyword(head.keywords, "$DATE").value_or("");
  summary.problems = head.warnings;
  FcsLayout layout = read_fcs_layout(source, head, summary.problems);
  summary.value_type = value_type_name(layout);
  summary.byte_order = order_name(head.keywords, layout);
  summary.events = layout.events;
  summary.has_spillover =
      read_spillover(head.keywords, layout.channels, summary.problems).has_value();
  summary.channels = std::move(layout.channels);
  summary.readable = true;
  count_data_sets(source, head, summary);
}

void inspect_sample(RawSample sample, FileSummary& summary) {
  summary.version = sample.version;
  summary.value_type = sample.version == "CSV" ? "text" : "float";
  summary.events = sample.events;
  summary.data_sets = 1;
  summary.channels = std::move(sample.channels);
  summary.has_spillover = sample.spillover.has_value();
  summary.problems = std::move(sample.warnings);
  summary.readable = true;
}

}  // namespace

FileSummary inspect_file(const std::string& path) {
  FileSummary summary;
  summary.path = path;
  try {
    switch (event_format(path)) {
      case EventFormat::kFcs:
        inspect_fcs(path, summary);
        break;
      case EventFormat::kHdf5:
        inspect_sample(read_h5ad(path), summary);
        break;
      case EventFormat::kText:
        inspect_sample(read_event_csv(path), summary);
        break;
    }
  } catch (const std::exception& error) {
    summary.problems.emplace_back(error.what());
  }
  return summary;
}

}  // namespace gateless::io
