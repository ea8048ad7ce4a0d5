#include "host/preprocess/file_of_panel.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gateless::preprocess {

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 4;
  std::string text;
  for (std::size_t name = 0; name < std::min(kNamed, names.size()); ++name)
    text += (text.empty() ? "" : ", ") + names[name];
  if (names.size() > kNamed) text += fmt::format(" and {} more", names.size() - kNamed);
  return text;
}

std::span<const float> column_of(const FileOfPanel& file, const std::string& marker) {
  const std::vector<std::string>& markers = file.prepared->markers;
  const auto found = std::find(markers.begin(), markers.end(), marker);
  if (found == markers.end()) return {};
  return file.prepared->columns[static_cast<std::size_t>(found - markers.begin())];
}

}  // namespace gateless::preprocess
