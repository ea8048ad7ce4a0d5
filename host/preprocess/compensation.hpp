// Takes the light that one dye sends into the other detectors out of the events.
#pragma once

#include <cstddef>
#include <vector>

#include "host/core/matrix.hpp"
#include "host/core/raw_sample.hpp"

namespace gateless::preprocess {

/// Replaces the named channels' values by values x inverse(spillover), in place. Channels are looked up by
/// $PnN, then by $PnS. Throws InputError naming the sample where a channel is not there or named twice,
/// a coefficient is not finite, or the matrix is singular or so ill-conditioned that noise would be amplified.
void compensate(RawSample& sample, const Spillover& spillover);

/// Where the matrix's channels are in the file. Errors: as compensate().
[[nodiscard]] std::vector<std::size_t> spillover_channels(const RawSample& sample,
                                                          const Spillover& spillover);

/// inverse(spillover) transposed, [dyes][detectors]: compensated dye = sum over detectors of weight * measured.
/// Errors: as compensate().
[[nodiscard]] Matrix<double> unmixing_weights(const RawSample& sample, const Spillover& spillover);

}  // namespace gateless::preprocess
