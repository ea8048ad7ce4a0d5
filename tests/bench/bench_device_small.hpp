// What the cuda backend does around its passes, printed by bench_device.
#pragma once

#include "host/core/layers.hpp"

namespace gateless::bench {

using namespace cuda;

/// Calls of the backend where passes are short.
void print_small();

/// What it takes to load events: with a scaling that is known, and with ranges, checks and keys found on the way; and these on
/// the host alone. Returns whether both found the same.
[[nodiscard]] bool print_load();

}  // namespace gateless::bench
