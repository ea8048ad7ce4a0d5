#include "io/hdf5_chunks.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "host/core/parallel.hpp"

namespace gateless::io {
namespace {

constexpr std::size_t kChunksAtATime = 32;  ///< bounds the memory

/// The filter `shuffle`: the first bytes of all values, then their second ones ...
std::vector<std::byte> shuffled(std::span<const std::byte> values, std::size_t value_bytes,
                                std::size_t chunk_values) {
  std::vector<std::byte> bytes(chunk_values * value_bytes, std::byte{0});
  const std::size_t count = values.size() / value_bytes;
  for (std::size_t byte = 0; byte < value_bytes; ++byte) {
    for (std::size_t i = 0; i < count; ++i)
      bytes[byte * chunk_values + i] = values[i * value_bytes + byte];
  }
  return bytes;
}

/// One chunk after its filters; which of them were left out (bit by bit), because it would have become no smaller.
struct Chunk {
  std::vector<std::byte> bytes;
  std::uint32_t left_out = 0;
};

/// Of the calling thread. Errors: Hdf5Failure.
libdeflate_compressor* compressor() {
  struct Free {
    void operator()(libdeflate_compressor* old) const { libdeflate_free_compressor(old); }
  };
  thread_local const std::unique_ptr<libdeflate_compressor, Free> own(
      libdeflate_alloc_compressor(1));
  if (own == nullptr) throw Hdf5Failure("no memory to compress with");
  return own.get();
}

/// In zlib's format, which HDF5 and every reader of it know; libdeflate takes two thirds of zlib's time.
Chunk compressed(std::vector<std::byte> values) {
  constexpr std::uint32_t kDeflate = 2;  // the second filter
  std::vector<std::byte> bytes(values.size());
  const std::size_t length = libdeflate_zlib_compress(compressor(), values.data(), values.size(),
                                                      bytes.data(), bytes.size());
  if (length == 0) return {std::move(values), kDeflate};
  bytes.resize(length);
  return {std::move(bytes)};
}

}  // namespace

void write_compressed(const Hdf5Object& dataset, std::size_t value_bytes, std::size_t rows,
                      const FillBytes& fill, std::size_t threads) {
  if (rows == 0) return;
  const Hdf5Object properties(H5Dget_create_plist(dataset.id()), "no property list");
  hsize_t chunk_rows = 0;
  if (H5Pget_chunk(properties.id(), 1, &chunk_rows) != 1)
    throw Hdf5Failure("the dataset has no chunks");
  const std::size_t chunks = (rows + chunk_rows - 1) / chunk_rows;
  for (std::size_t begin = 0; begin < chunks; begin += kChunksAtATime) {
    std::vector<Chunk> ready(std::min(kChunksAtATime, chunks - begin));
    parallel_for(threads, ready.size(), [&](std::size_t i) {
      const std::size_t first = (begin + i) * chunk_rows;
      const std::size_t count = std::min<std::size_t>(chunk_rows, rows - first);
      std::vector<std::byte> values(count * value_bytes);
      fill(first, count, values);
      ready[i] = compressed(shuffled(values, value_bytes, chunk_rows));
    });
    for (std::size_t i = 0; i < ready.size(); ++i) {
      const hsize_t at = (begin + i) * chunk_rows;
      if (H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, ready[i].left_out, &at, ready[i].bytes.size(),
                         ready[i].bytes.data()) < 0)
        throw Hdf5Failure("writing rows failed");
    }
  }
}

}  // namespace gateless::io
