// Rows of the abundance table by panel and subset, each person's chosen visit only.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "host/core/results.hpp"
#include "host/core/study.hpp"
#include "host/statistics/contrast.hpp"

namespace gateless::statistics {

class PersonRows {
 public:
  PersonRows(const std::vector<AbundanceRow>& rows, const Study& study,
             const std::vector<Person>& people);

  using People = std::map<std::string, AbundanceRow>;  ///< person -> row, replicates added up

  /// The subset's rows in the panel where it has most events; null if it was not measured.
  [[nodiscard]] const People* best(const std::string& subset) const;

  /// Whether a subset of a panel is one of `ancestors` or lies within one.
  [[nodiscard]] bool is_within(std::string subset, const std::vector<std::string>& ancestors,
                               const std::string& panel) const;

  /// The parent of a panel's subset in words.
  [[nodiscard]] std::string parent_of(const std::string& subset, const std::string& panel) const;

  /// Events of each person in all `parts` of a panel; empty unless every part was measured there.
  [[nodiscard]] std::map<std::string, double> sum(const std::vector<std::string>& parts,
                                                  const std::string& panel) const;

 private:
  std::map<std::pair<std::string, std::string>, People> chosen_;  ///< (subset, panel)
};

}  // namespace gateless::statistics
