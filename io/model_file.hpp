// model.h5: the frozen analysis on disk, with readable names for whoever opens it with h5py.
//
//   /                 attributes: format, version, seed, fingerprint; datasets knowledge, configuration
//   /panels/<name>/   codebook [nodes][markers] scaled, prototypes (transformed units), metacluster, subset,
//                     markers, shift, scale; event_markers, transforms/, channels/, subset_model
//   /panels/<name>/refined/<subset>/   the same map datasets for a subset that was clustered again
//
// With exactly one panel its members stand at the root too (hard links: /codebook, /metacluster, /markers ...).
#pragma once

#include <string>

#include "host/core/model.hpp"

namespace gateless::io {

/// Writes the model; the file appears under its name only when complete. The same model gives the same bytes.
/// Errors: InputError when it cannot be created, DeviceError when writing fails,
/// std::logic_error for a model whose shapes contradict each other.
void write_model(const Model& model, const std::string& path);

/// Errors: InputError for a file that is not a model of this program, or whose shapes contradict each other.
[[nodiscard]] Model read_model(const std::string& path);

}  // namespace gateless::io
