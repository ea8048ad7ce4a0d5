// Reads event tables from AnnData files (.h5ad): X as events, var names as channels.
#pragma once

#include <string>
#include <vector>

#include "host/core/raw_sample.hpp"

namespace gateless::io {

/// X of the file, dense or sparse (CSR, CSC), any integer or floating type; var names are the channel names.
/// Values are taken as they stand. Errors: InputError for anything that is not such a file; declared sizes are
/// compared with the bytes that are there before memory is taken.
[[nodiscard]] RawSample read_h5ad(const std::string& path);

/// A column of obs as strings, [events]: categorical, string, bool or number; empty = missing.
[[nodiscard]] std::vector<std::string> read_obs_strings(const std::string& path,
                                                        const std::string& column);

/// The columns of obs in file order.
[[nodiscard]] std::vector<std::string> obs_columns(const std::string& path);

}  // namespace gateless::io
