// Which two markers to look at where a parent is divided.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "host/annotate/subset_model.hpp"

namespace gateless::annotate {

/// A picture of one division: its axes are rows of the events.
struct DividingPair {
  std::size_t mixture = 0;
  std::size_t x = 0, y = 0;  ///< rows of the events
  /// Markers of the mixture along the axes; none: that axis does not divide, it is there to look along.
  std::optional<std::size_t> x_marker = {}, y_marker = {};
  bool is_corner = false;  ///< x_marker is a corner of both axes
  std::vector<std::string> parts =
      {};  ///< names, [y parts][x parts]; of a corner [outside, inside]
};

/// In the order of the model. Of three markers or fewer each two, of more those that tell most parts apart, at most three pairs;
/// a marker alone is shown beside one by which its parent is told.
[[nodiscard]] std::vector<DividingPair> dividing_pairs(const SubsetModel& model);

}  // namespace gateless::annotate
