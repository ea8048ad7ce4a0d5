#include "io/hdf5_chunks.hpp"

#include <zlib.h>

#include <algorithm>
#include <atomic>

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

Chunk compressed(std::vector<std::byte> values) {
  constexpr std::uint32_t kDeflate = 2;  // the second filter
  Chunk chunk;
  chunk.bytes.resize(values.size());
  uLongf length = chunk.bytes.size();
  const int ended = compress2(reinterpret_cast<Bytef*>(chunk.bytes.data()), &length,
                              reinterpret_cast<const Bytef*>(values.data()), values.size(), 1);
  if (ended == Z_BUF_ERROR) return {std::move(values), kDeflate};
  if (ended != Z_OK) throw Hdf5Failure("compressing failed");
  chunk.bytes.resize(length);
  return chunk;
}

}  // namespace

void write_compressed(const Hdf5Object& dataset, std::size_t value_bytes, std::size_t first,
                      std::span<const std::byte> values, std::size_t threads) {
  if (values.empty()) return;
  const Hdf5Object properties(H5Dget_create_plist(dataset.id()), "no property list");
  hsize_t rows = 0;
  if (H5Pget_chunk(properties.id(), 1, &rows) != 1) throw Hdf5Failure("the dataset has no chunks");
  const std::size_t chunk_bytes = rows * value_bytes;
  const std::size_t chunks = (values.size() + chunk_bytes - 1) / chunk_bytes;
  for (std::size_t begin = 0; begin < chunks; begin += kChunksAtATime) {
    std::vector<Chunk> ready(std::min(kChunksAtATime, chunks - begin));
    parallel_for(threads, ready.size(), [&](std::size_t i) {
      const std::size_t from = (begin + i) * chunk_bytes;
      ready[i] = compressed(shuffled(
          values.subspan(from, std::min(chunk_bytes, values.size() - from)), value_bytes, rows));
    });
    for (std::size_t i = 0; i < ready.size(); ++i) {
      const hsize_t at = first + (begin + i) * rows;
      if (H5Dwrite_chunk(dataset.id(), H5P_DEFAULT, ready[i].left_out, &at, ready[i].bytes.size(),
                         ready[i].bytes.data()) < 0)
        throw Hdf5Failure("writing rows failed");
    }
  }
}

}  // namespace gateless::io
