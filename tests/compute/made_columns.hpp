// Made-up linear columns, curves and weights for the tests of transforms and compensation.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "host/core/matrix.hpp"
#include "host/core/philox.hpp"
#include "host/core/transform_curve.hpp"

namespace gateless {

using Values = std::vector<std::vector<float>>;

inline Values linear_values(std::size_t columns, std::size_t events) {
  const Philox random(7, columns);
  Values values(columns, std::vector<float>(events));
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t event = 0; event < events; ++event) {
      values[column][event] =
          static_cast<float>(2.7e5 * random.uniform(column * events + event) - 1e4);
    }
  }
  // beyond the table, zeros of both signs, and what is not finite
  const float odd[] = {3e38F, -3e38F, 0.0F, -0.0F, std::numeric_limits<float>::infinity()};
  for (std::size_t event = 0; event < std::min<std::size_t>(events, 5); ++event) {
    values[0][event] = odd[event];
  }
  return values;
}

inline std::vector<TransformCurve> some_curves(std::size_t columns) {
  const Transform kinds[] = {{.kind = TransformKind::kLogicle},
                             {.kind = TransformKind::kNone},
                             {.kind = TransformKind::kArcsinh, .cofactor = 150.0},
                             {.kind = TransformKind::kLogicle, .t = 1e5, .w = 1.2, .m = 5.0}};
  std::vector<TransformCurve> curves;
  for (std::size_t column = 0; column < columns; ++column) curves.emplace_back(kinds[column % 4]);
  return curves;
}

inline Matrix<float> some_weights(std::size_t columns) {
  Matrix<float> weights(columns, columns);
  const Philox random(8, columns);
  std::uint64_t counter = 0;
  for (float& weight : weights.values()) {
    weight = static_cast<float>(0.4 * random.uniform(counter++) - 0.2);
  }
  for (std::size_t column = 0; column < columns; ++column) weights(column, column) = 1.1F;
  return weights;
}

inline std::string bytes_of(const Values& values) {
  std::string bytes;
  for (const auto& column : values) {
    bytes.append(reinterpret_cast<const char*>(column.data()), column.size() * sizeof(float));
  }
  return bytes;
}

}  // namespace gateless
