// Which samples a reader should look at before believing what rests on them, and why.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless {

/// One blood sample: all its files, or a file that no patient is known of.
struct DoubtfulSample {
  std::string patient, visit;
  std::vector<std::string> files;    ///< samples of the tables
  std::vector<std::string> reasons;  ///< one sentence each, without a full stop
};

struct Attention {
  std::vector<DoubtfulSample> samples;  ///< in the order of the quality table
  std::vector<std::string> general;     ///< of a panel, or of so many samples that it is said once
};

/// Warnings of files, markers shifted by a whole spread or more, and fractions that no healthy blood has.
[[nodiscard]] Attention attention_of(const Results& results);

/// Whether what is said of this patient's subset at one of the visits rests on a sample that needs a look.
[[nodiscard]] bool rests_on_doubt(const Attention& attention, const Results& results,
                                  const PatientRow& row, const std::string& baseline);

}  // namespace gateless
