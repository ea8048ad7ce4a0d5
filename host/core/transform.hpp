// The three transforms from linear intensity to the scale on which events are clustered.
#pragma once

#include <string>

namespace gateless {

enum class TransformKind { kNone, kArcsinh, kLogicle };

/// A transform with its parameters, as stored in the model.
struct Transform {
  TransformKind kind = TransformKind::kNone;
  double cofactor = 5.0;  ///< arcsinh(x / cofactor)
  double t = 262144.0;    ///< logicle: top of scale, linear units (Moore & Parks, Cytometry A 2012)
  double w = 0.5;         ///< logicle: width of the linear region, decades
  double m = 4.5;         ///< logicle: full width, decades
  double a = 0.0;         ///< logicle: additional negative decades

  friend bool operator==(const Transform&, const Transform&) = default;
};

}  // namespace gateless
