// Typed reading of a YAML document that collects what is wrong with it, each with file and line.
#pragma once

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace gateless::io {

/// Base of a reader of one file. Nothing is thrown: what cannot be read is complained about and taken as empty.
class YamlWords {
 public:
  /// `problems` gets every complaint as `name:line: ...`.
  YamlWords(std::string name, std::vector<std::string>& problems)
      : name_(std::move(name)), problems_(problems) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] static int line_of(const YAML::Node& node) { return node.Mark().line + 1; }

  void problem(const YAML::Node& node, const std::string& message);
  /// Complains about keys that are not in `allowed` or stand twice.
  void check_keys(const YAML::Node& map, std::initializer_list<const char*> allowed);
  /// The entries of a map or list; none, with a complaint, when the node is there but is something else.
  [[nodiscard]] YAML::Node map_of(const YAML::Node& node);
  [[nodiscard]] YAML::Node list_of(const YAML::Node& node);
  [[nodiscard]] std::string text(const YAML::Node& node);
  /// A list of words, or one word.
  [[nodiscard]] std::vector<std::string> words(const YAML::Node& node);
  [[nodiscard]] bool truth(const YAML::Node& node);
  [[nodiscard]] int number(const YAML::Node& node);
  [[nodiscard]] double real(const YAML::Node& node);

 private:
  [[nodiscard]] YAML::Node of_type(const YAML::Node& node, YAML::NodeType::value type,
                                   const char* words);

  std::string name_;
  std::vector<std::string>& problems_;
};

}  // namespace gateless::io
