#include "io/yaml_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "host/core/nearest_word.hpp"

namespace gateless::io {
namespace {

std::optional<double> real_of(const YAML::Node& node) {
  double value = 0.0;
  if (!node.IsScalar() || !YAML::convert<double>::decode(node, value)) return std::nullopt;
  return value;
}

}  // namespace

int YamlKeys::line_of(const YAML::Node& node) {
  return node.Mark().is_null() ? 0 : node.Mark().line + 1;
}

int YamlKeys::line_of_key(const std::string& key) const {
  const auto found = lines_.find(key);
  return found == lines_.end() ? 0 : found->second;
}

void YamlKeys::read_map(const std::string& what, const YAML::Node& node,
                        const std::vector<Key>& keys) {
  if (node.IsNull()) return;
  if (!node.IsMap()) {
    problems_.add(line_of(node), fmt::format("{} must be a map of `key: value` lines", what));
    return;
  }
  std::vector<std::string> names;
  for (const Key& key : keys) names.push_back(key.first);
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const int line = line_of(entry.first);
    const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
    const auto key = std::find(names.begin(), names.end(), name);
    if (key == names.end()) {
      problems_.add(line, fmt::format("unknown key '{}'{}", name, did_you_mean(name, names)));
    } else if (!seen.insert(name).second) {
      problems_.add(line,
                    fmt::format("key '{}' appears twice (it is ambiguous); remove one", name));
    } else {
      key_ = name;
      lines_[name] = line;
      if (!entry.second.IsNull())
        keys[static_cast<std::size_t>(key - names.begin())].second(entry.second);
    }
  }
}

void YamlKeys::wrong(const YAML::Node& node, const std::string& expected) {
  const std::string found = node.IsScalar() ? fmt::format("'{}'", node.Scalar())
                            : node.IsMap()  ? "a map"
                                            : "a list";
  problems_.add(line_of(node), fmt::format("'{}' must be {}, not {}", key_, expected, found));
}

YamlKeys::Take YamlKeys::text_to(std::string& target) {
  return [this, &target](const YAML::Node& node) {
    if (node.IsScalar())
      target = node.Scalar();
    else
      wrong(node, "a text");
  };
}

YamlKeys::Take YamlKeys::texts_to(std::vector<std::string>& target) {
  return [this, &target](const YAML::Node& node) {
    if (node.IsScalar()) {
      target = {node.Scalar()};
      return;
    }
    if (!node.IsSequence()) return wrong(node, "a list");
    target.clear();
    for (const YAML::Node& item : node) {
      if (item.IsScalar() && !item.Scalar().empty())
        target.push_back(item.Scalar());
      else
        wrong(item, "a list of texts");
    }
  };
}

YamlKeys::Take YamlKeys::switch_to(bool& target) {
  return [this, &target](const YAML::Node& node) {
    if (!node.IsScalar() || !YAML::convert<bool>::decode(node, target)) wrong(node, "on or off");
  };
}

YamlKeys::Take YamlKeys::number_to(std::optional<double>& target) {
  return [this, &target](const YAML::Node& node) {
    const std::optional<double> value = real_of(node);
    if (value && std::isfinite(*value))
      target = value;
    else
      wrong(node, "a number");
  };
}

YamlKeys::Take YamlKeys::fraction_to(double& target) {
  return [this, &target](const YAML::Node& node) {
    const std::optional<double> value = real_of(node);
    if (value && *value >= 0.0 && *value < 1.0)
      target = *value;
    else
      wrong(node, "a number from 0 to below 1");
  };
}

YamlKeys::Take YamlKeys::events_to(double& target) {
  return [this, &target](const YAML::Node& node) {
    const std::optional<double> value = real_of(node);
    if (value && *value >= 0.0 && *value <= 1e6)
      target = *value;
    else
      wrong(node, "a number of events from 0 to 1000000");
  };
}

std::optional<std::int64_t> YamlKeys::whole(const YAML::Node& node, std::int64_t low,
                                            std::int64_t high) {
  std::int64_t value = 0;
  if (node.IsScalar() && YAML::convert<std::int64_t>::decode(node, value) && value >= low &&
      value <= high)
    return value;
  wrong(node, fmt::format("a whole number from {} to {}", low, high));
  return std::nullopt;
}

}  // namespace gateless::io
