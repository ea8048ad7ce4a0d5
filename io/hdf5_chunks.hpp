// Compressed datasets written by several threads: the library compresses one chunk after the other.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "io/hdf5_object.hpp"

namespace gateless::io {

/// Writes values of some rows, as the file holds them, to `bytes`. Called from several threads.
using FillBytes =
    std::function<void(std::size_t first, std::size_t rows, std::span<std::byte> bytes)>;

/// All `rows` of a dataset of one dimension that was made as kCompressed, of `value_bytes` each. The chunks are those that the
/// library itself would write. Errors: Hdf5Failure, and those of `fill`.
void write_compressed(const Hdf5Object& dataset, std::size_t value_bytes, std::size_t rows,
                      const FillBytes& fill, std::size_t threads);

}  // namespace gateless::io
