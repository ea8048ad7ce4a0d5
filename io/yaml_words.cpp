#include "io/yaml_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "host/core/nearest_word.hpp"

namespace gateless::io {

void YamlWords::problem(const YAML::Node& node, const std::string& message) {
  problems_.push_back(fmt::format("{}:{}: {}", name_, line_of(node), message));
}

void YamlWords::check_keys(const YAML::Node& map, std::initializer_list<const char*> allowed) {
  const std::vector<std::string> names(allowed.begin(), allowed.end());
  std::set<std::string> seen;
  for (const auto& entry : map_of(map)) {
    const std::string key = text(entry.first);
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      problem(entry.first, fmt::format("unknown key `{}` (it would be ignored){}", key,
                                       did_you_mean(key, names)));
    } else if (!seen.insert(key).second) {
      problem(entry.first,
              fmt::format("key `{}` appears twice (one of them would be lost); keep one", key));
    }
  }
}

YAML::Node YamlWords::map_of(const YAML::Node& node) {
  return of_type(node, YAML::NodeType::Map, "a map {..}");
}

YAML::Node YamlWords::list_of(const YAML::Node& node) {
  return of_type(node, YAML::NodeType::Sequence, "a list [..]");
}

YAML::Node YamlWords::of_type(const YAML::Node& node, YAML::NodeType::value type,
                              const char* words) {
  if (!node || node.IsNull()) return YAML::Node(type);
  if (node.Type() == type) return node;
  problem(node, fmt::format("this should be {} (it cannot be read); see configs/pbmc.yaml", words));
  return YAML::Node(type);
}

std::string YamlWords::text(const YAML::Node& node) {
  if (!node || node.IsNull()) return {};
  if (node.IsScalar()) return node.Scalar();
  problem(node, "this should be one word or number (found a list or map)");
  return {};
}

std::vector<std::string> YamlWords::words(const YAML::Node& node) {
  std::vector<std::string> result;
  if (node && node.IsScalar()) return {node.Scalar()};
  for (const YAML::Node& item : list_of(node)) result.push_back(text(item));
  return result;
}

bool YamlWords::truth(const YAML::Node& node) {
  const std::string word = text(node);
  if (word == "true") return true;
  if (!word.empty() && word != "false")
    problem(node, fmt::format("`{}` is neither true nor false", word));
  return false;
}

int YamlWords::number(const YAML::Node& node) {
  if (!node) return 0;
  int value = 0;
  if (node.IsScalar() && YAML::convert<int>::decode(node, value)) return value;
  problem(node, "this should be a whole number");
  return 0;
}

double YamlWords::real(const YAML::Node& node) {
  if (!node) return 0.0;
  double value = 0.0;
  if (node.IsScalar() && YAML::convert<double>::decode(node, value) && std::isfinite(value))
    return value;
  problem(node, "this should be a number");
  return 0.0;
}

}  // namespace gateless::io
