#include "host/report/shared_warnings.hpp"

#include <algorithm>
#include <cctype>

namespace gateless::report {
namespace {

std::string without_numbers(const std::string& text) {
  std::string rest;
  for (const char letter : text) {
    if (std::isdigit(static_cast<unsigned char>(letter)) == 0) rest += letter;
  }
  return rest;
}

/// A sentence without the markers that it lists: "slow drift in CD3, CD45: kept" -> "slow drift: kept".
std::string without_list(const std::string& text) {
  const std::size_t list = text.find(" in "), end = text.find(": ", list);
  const bool has_list = list != std::string::npos && end != std::string::npos;
  return has_list ? text.substr(0, list) + text.substr(end) : text;
}

}  // namespace

std::vector<SharedWarning> warnings_of_files(const Results& results) {
  std::vector<SharedWarning> shared;
  std::vector<std::string> kinds, first;
  for (std::size_t row = 0; row < results.qc.size(); ++row) {
    const std::string& text = results.qc[row].warnings;
    if (text.empty()) continue;
    const std::string kind = without_numbers(without_list(text));
    const auto known = std::find(kinds.begin(), kinds.end(), kind);
    if (known == kinds.end()) {
      kinds.push_back(kind);
      first.push_back(text);
      shared.push_back({text, {row}});
      continue;
    }
    const auto place = static_cast<std::size_t>(known - kinds.begin());
    shared[place].rows.push_back(row);
    if (text == first[place]) continue;
    const std::string bare = without_list(first[place]);
    shared[place].text = bare == first[place]
                             ? bare + " (numbers as in the first; Quality has each)"
                             : bare + " (in which markers: see Quality)";
  }
  return shared;
}

}  // namespace gateless::report
