// A map of known keys in a YAML file, each read into a variable; what is wrong with them is collected, each with its line.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/text_file.hpp"

namespace gateless::io {

/// Base of a reader that lists the keys it knows. A value that cannot be read leaves its variable as it is.
class YamlKeys {
 public:
  /// What is done with a value.
  using Take = std::function<void(const YAML::Node&)>;
  /// What one key means: its name, and what is done with its value.
  using Key = std::pair<std::string, Take>;

  explicit YamlKeys(Problems& problems) : problems_(problems) {}

  /// Reads the values of a map; unknown and repeated keys are problems. `what` names the map.
  void read_map(const std::string& what, const YAML::Node& node, const std::vector<Key>& keys);
  /// The value of the key that is being read is not what it must be.
  void wrong(const YAML::Node& node, const std::string& expected);

  /// 1-based; 0 where the library does not know it.
  [[nodiscard]] static int line_of(const YAML::Node& node);
  /// Where a key stands, for problems that show later; 0 if it was not given.
  [[nodiscard]] int line_of_key(const std::string& key) const;

  Take text_to(std::string& target);
  /// A list of texts, or one text.
  Take texts_to(std::vector<std::string>& target);
  /// on, off, yes, no, true or false.
  Take switch_to(bool& target);
  Take number_to(std::optional<double>& target);
  /// From 0 to below 1.
  Take fraction_to(double& target);
  /// A number of events, from 0 to 1,000,000.
  Take events_to(double& target);

  /// What `parse` makes of a text, an optional value.
  template <class Value, class Parse>
  Take word_to(Value& target, Parse parse, const char* expected) {
    return [this, &target, parse, expected](const YAML::Node& node) {
      const auto value = node.IsScalar() ? parse(node.Scalar()) : std::nullopt;
      if (value)
        target = *value;
      else
        wrong(node, expected);
    };
  }
  template <class Whole>
  Take whole_to(Whole& target, std::int64_t low, std::int64_t high) {
    return [this, &target, low, high](const YAML::Node& node) {
      if (const std::optional<std::int64_t> value = whole(node, low, high))
        target = static_cast<Whole>(*value);
    };
  }

 private:
  std::optional<std::int64_t> whole(const YAML::Node& node, std::int64_t low, std::int64_t high);

  Problems& problems_;
  std::string key_;  ///< whose value is being read
  std::map<std::string, int> lines_;
};

}  // namespace gateless::io
