// Compressed datasets written by several threads: the library compresses one chunk after the other.
#pragma once

#include <cstddef>
#include <span>

#include "io/hdf5_object.hpp"

namespace gateless::io {

/// Rows from `first` on, a multiple of the chunk's rows, of a dataset of one dimension that was made as kCompressed; they end
/// with a chunk or with the dataset. `values` are as the file holds them, `value_bytes` each. The chunks are those that the
/// library itself would write. Errors: Hdf5Failure.
void write_compressed(const Hdf5Object& dataset, std::size_t value_bytes, std::size_t first,
                      std::span<const std::byte> values, std::size_t threads);

}  // namespace gateless::io
