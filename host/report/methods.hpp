// What was done, in words to paste into a paper, and what the settings that were left to the program became.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"
#include "host/report/settings_text.hpp"

namespace gateless::report {

struct Done {
  std::vector<Step> steps;             ///< for the reader of the report, in their order
  std::string methods;                 ///< one paragraph with numbers in brackets for the citations
  std::vector<std::string> citations;  ///< in the order of their numbers
  std::vector<Chosen> chosen;
};

/// Says what the configuration (JSON), the quality table and the channels tell; what they do not is left out.
[[nodiscard]] Done done_of(const Results& results);

}  // namespace gateless::report
