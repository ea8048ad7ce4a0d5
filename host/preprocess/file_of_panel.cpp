#include "host/preprocess/file_of_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "host/core/parallel.hpp"

namespace gateless::preprocess {
namespace {

std::optional<std::size_t> place_of(const FileOfPanel& file, const std::string& marker) {
  const std::vector<std::string>& markers = file.prepared->markers;
  const auto found = std::find(markers.begin(), markers.end(), marker);
  if (found == markers.end()) return {};
  return static_cast<std::size_t>(found - markers.begin());
}

}  // namespace

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 4;
  std::string text;
  for (std::size_t name = 0; name < std::min(kNamed, names.size()); ++name)
    text += (text.empty() ? "" : ", ") + names[name];
  if (names.size() > kNamed) text += fmt::format(" and {} more", names.size() - kNamed);
  return text;
}

std::span<const float> column_of(const FileOfPanel& file, const std::string& marker) {
  const auto place = place_of(file, marker);
  return place ? std::span<const float>(file.prepared->columns[*place]) : std::span<const float>();
}

const MarkerValues& looks_of(const FileOfPanel& file, const std::string& marker) {
  static const MarkerValues none;
  const auto place = place_of(file, marker);
  return place && *place < file.looks.size() ? file.looks[*place] : none;
}

void look_at_files(std::vector<FileOfPanel>& files, std::size_t threads) {
  parallel_for(threads, files.size(), [&](std::size_t f) {
    FileOfPanel& file = files[f];
    if (file.prepared->kept < kFewestEventsOfFile) return;
    for (const auto& column : file.prepared->columns) file.looks.push_back(look_at(column));
  });
}

}  // namespace gateless::preprocess
