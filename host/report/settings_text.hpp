// Settings of the run, and what those that were left to the program became.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::report {

/// A step of the analysis in one or two sentences; citations stand in double brackets.
struct Step {
  std::string title, text;
};

/// A setting that was left to the program.
struct Chosen {
  std::string setting, became;
};

/// The configuration (JSON) by its keys; what is no JSON has no settings.
class Configuration {
 public:
  explicit Configuration(const std::string& json);

  /// A setting as text, of a group or (null) of none; empty where there is none.
  [[nodiscard]] std::string setting(const char* group, const char* key) const;
  /// A list of texts; empty where there is none.
  [[nodiscard]] std::vector<std::string> list(const char* key) const;

 private:
  std::map<std::string, std::string> settings_;  ///< "group/key" or "key" -> text
  std::map<std::string, std::vector<std::string>> lists_;
};

/// The kind of a transform and its markers: "logicle" -> CD3, CD4.
[[nodiscard]] std::map<std::string, std::vector<std::string>> transforms_of(const Results& results);

/// How many files were compensated how.
[[nodiscard]] std::string compensation_text(const Results& results);

[[nodiscard]] std::vector<Chosen> settings_left_to_the_program(const Results& results);

}  // namespace gateless::report
