#include "host/report/settings_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "host/report/sentences.hpp"
#include "host/report/subset_text.hpp"

namespace gateless::report {
namespace {

using Json = nlohmann::json;

/// How many files were compensated how.
std::map<std::string, std::size_t> compensation_of(const Results& results) {
  std::map<std::string, std::size_t> files;
  for (const QcRow& row : results.qc) ++files[row.compensation.empty() ? "none" : row.compensation];
  return files;
}

/// "panel B"; a panel that the program named itself ("panel 1") needs no second word.
std::string panel_words(const std::string& panel) {
  return panel.starts_with("panel") ? panel : "panel " + panel;
}

}  // namespace

Configuration::Configuration(const std::string& json) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (!parsed.is_object()) return;
  const auto text = [](const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  for (const auto& [key, value] : parsed.items()) {
    settings_[key] = text(value);
    if (value.is_object()) {
      for (const auto& [inner, one] : value.items())
        settings_[fmt::format("{}/{}", key, inner)] = text(one);
    } else if (value.is_array()) {
      for (const Json& one : value) lists_[key].push_back(text(one));
    }
  }
}

std::string Configuration::setting(const char* group, const char* key) const {
  const auto found = settings_.find(group == nullptr ? key : fmt::format("{}/{}", group, key));
  return found == settings_.end() ? "" : found->second;
}

std::vector<std::string> Configuration::list(const char* key) const {
  const auto found = lists_.find(key);
  return found == lists_.end() ? std::vector<std::string>() : found->second;
}

std::map<std::string, std::vector<std::string>> transforms_of(const Results& results) {
  std::map<std::string, std::vector<std::string>> kinds;
  for (const ChannelRow& row : results.channels) {
    if (row.transform.empty()) continue;
    const std::string kind = row.transform.substr(0, row.transform.find('('));
    std::vector<std::string>& markers = kinds[kind];
    if (std::find(markers.begin(), markers.end(), row.marker) == markers.end())
      markers.push_back(row.marker);
  }
  return kinds;
}

std::string compensation_text(const Results& results) {
  std::vector<std::string> parts;
  for (const auto& [how, files] : compensation_of(results)) {
    const std::string of = counted(files, "file");
    if (how == "none") {
      parts.push_back(of + " without compensation");
    } else if (how.starts_with("none: ")) {
      parts.push_back(fmt::format("{} not compensated here: {}", of, how.substr(6)));
    } else {
      parts.push_back(fmt::format("{} by the file's own spillover matrix of {}", of, how));
    }
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<Chosen> settings_left_to_the_program(const Results& results) {
  const Configuration configuration(results.configuration);
  std::set<std::string> panels;
  for (const QcRow& row : results.qc) panels.insert(row.panel);
  std::vector<Chosen> chosen;
  if (configuration.setting(nullptr, "transform") == "auto") {
    std::vector<std::string> parts;
    for (const auto& [kind, markers] : transforms_of(results))
      parts.push_back(fmt::format("{} for {}", kind, joined(markers)));
    if (!parts.empty()) chosen.push_back({"transform", fmt::format("{}", fmt::join(parts, "; "))});
  }
  if (configuration.setting(nullptr, "compensate") == "auto" && !results.qc.empty())
    chosen.push_back({"compensate", compensation_text(results)});
  if (configuration.setting("cluster", "metaclusters") == "auto") {
    std::vector<std::pair<std::string, std::size_t>> numbers;
    for (const ClusterRow& row : results.clusters) {
      const std::string of = row.map.empty() ? "all events" : known_name(results, row.map);
      const std::string map =
          panels.size() < 2 ? of : fmt::format("{} of {}", of, panel_words(row.panel));
      if (numbers.empty() || numbers.back().first != map) numbers.emplace_back(map, 0);
      ++numbers.back().second;
    }
    std::vector<std::string> parts;
    for (const auto& [map, number] : numbers) parts.push_back(fmt::format("{} of {}", number, map));
    if (!parts.empty()) chosen.push_back({"cluster: metaclusters", joined(parts)});
  }
  if (configuration.setting("cluster", "markers") == "[]") {
    std::map<std::string, std::vector<std::string>> markers;
    for (const ChannelRow& row : results.channels) {
      if (!row.transform.empty()) markers[row.panel].push_back(row.marker);
    }
    for (const auto& [panel, names] : markers) {
      chosen.push_back({markers.size() < 2
                            ? std::string("cluster: markers")
                            : fmt::format("cluster: markers, {}", panel_words(panel)),
                        joined(names)});
    }
  }
  if (configuration.setting("compare", "primary") == "[]" && !results.primary.empty()) {
    std::vector<std::string> names;
    for (const std::string& subset : results.primary) names.push_back(known_name(results, subset));
    chosen.push_back({"compare: primary", joined(names)});
  }
  if (results.noise)
    chosen.push_back({"usual variation between samples of one person",
                      fmt::format("{:.2g} % of a fraction", 100.0 * *results.noise)});
  return chosen;
}

}  // namespace gateless::report
