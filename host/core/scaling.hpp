// How transformed values are brought into the range of the distance chain and the fixed point.
#pragma once

#include <vector>

namespace gateless {

/// x' = (x - shift[marker]) * scale. One power-of-two scale for all markers, so that distances keep their
/// proportions. Kept in the model.
struct Scaling {
  std::vector<float> shift;  ///< [markers]
  float scale = 1.0F;        ///< a power of two; |x'| <= 1 for every event it was made for

  friend bool operator==(const Scaling&, const Scaling&) = default;
};

}  // namespace gateless
