// Whether a file's values still hold the spillover that a matrix describes.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "host/core/raw_sample.hpp"

namespace gateless::preprocess {

enum class CompensationState {
  kUnclear,     ///< too little spillover, or too few bright events, to tell
  kRaw,         ///< the light of bright events stands in the other detectors
  kCompensated  ///< it does not: it was subtracted already
};

/// The values of the channel that the matrix calls so; empty if there is none.
using ValuesOfChannel = std::function<std::span<const float>(const std::string&)>;

/// Looks at the brightest events of each dye: of those without the other dye, the raw signal in the other detector is the
/// coefficient times their own, the compensated one about nothing.
[[nodiscard]] CompensationState compensation_state(const Spillover& spillover,
                                                   const ValuesOfChannel& values);

}  // namespace gateless::preprocess
