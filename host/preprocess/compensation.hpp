// Takes the light that one dye sends into the other detectors out of the events.
#pragma once

#include "host/core/raw_sample.hpp"
#include "host/core/unmix.hpp"

namespace gateless {

/// Replaces the named channels' values by values x inverse(spillover), in place. Channels are looked up by
/// $PnN, then by $PnS. Throws InputError naming the sample where a channel is not there or named twice,
/// a coefficient is not finite, or the matrix is singular or so ill-conditioned that noise would be amplified.
/// `apply` does the multiplication, on the host or a device.
void compensate(RawSample& sample, const Spillover& spillover, const Unmix& apply = unmix);

}  // namespace gateless
