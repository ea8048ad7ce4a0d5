// Markers that lie elsewhere in all samples of a visit or a group: the condition's doing, and not a fault of single samples.
#pragma once

#include <string>
#include <vector>

#include "host/core/results.hpp"

namespace gateless::report {

/// Who a sample is of, by the table of abundances.
struct SamplePerson {
  std::string patient, visit, group;
};

/// A marker that moves with a visit or a group. Of a visit: each patient's shift there against their own other visits, in
/// at least 7 of 8 of three or more patients the same way. Of a group: shifts of its samples against all others', of which
/// at least 95 % of the pairs are ordered the same way. Both by 0.2 spreads or more in the median.
struct MovedMarker {
  std::string panel, marker;
  bool is_of_visit = true;
  std::string condition;
  bool is_up = true;
  std::size_t agreeing = 0, of = 0;  ///< patients of a visit, samples of a group
  bool divides = false;              ///< populations are told apart by it
};

/// How far the median of a sample's marker is off by itself.
struct OwnShift {
  std::string marker;  ///< empty: no marker was measured
  double shift = 0.0;  ///< spreads from the panel's pool, with its sign
  double own =
      0.0;  ///< the part of it that exceeds the shift of three quarters of the condition's other samples
};

struct Shifts {
  std::vector<MovedMarker> moved;
  std::vector<OwnShift> own;  ///< [rows of qc] the marker with the largest own shift
};

[[nodiscard]] std::vector<SamplePerson> persons_of(const Results& results);  ///< [rows of qc]

[[nodiscard]] Shifts shifts_of(const Results& results);

/// One sentence for each condition and kind of marker: "At week 24, alike in 6 of 6 patients: pErk higher ...".
[[nodiscard]] std::vector<std::string> moved_in_words(const std::vector<MovedMarker>& moved);

}  // namespace gateless::report
