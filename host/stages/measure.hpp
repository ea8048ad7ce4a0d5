// From calls of events to how much of each subset a sample has.
#pragma once

#include <vector>

#include "host/stages/study_analysis.hpp"

namespace gateless::stages {

/// How much of each subset the samples hold, and which fractions lie far outside of the reference ranges.
struct Measured {
  std::vector<AbundanceRow> abundance;
  std::vector<ImplausibleRow> implausible;
  std::vector<MarkerMediansRow> marker_medians;
};

/// The study's samples under the names that all tables use.
[[nodiscard]] std::vector<Sample> named_samples(const std::vector<Sample>& samples);

/// Counts every subset in every sample. Rows that need a marker which says nothing in a sample (marker_doubts.hpp) are withheld.
[[nodiscard]] Measured measure(const StudyAnalysis& study, const CompareOptions& compare,
                               std::size_t threads);

}  // namespace gateless::stages
