#include "io/h5ad_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace gateless::io {
namespace {

constexpr std::size_t kBlockValues = std::size_t{4} << 20U;

void check_size(std::size_t events, std::size_t channels, std::size_t names) {
  if (channels != names) {
    throw Hdf5Failure(fmt::format("X has {} columns but var has {} names", channels, names));
  }
  if (channels == 0 || channels > kMostChannels) {
    throw Hdf5Failure(
        fmt::format("X has {} columns, an event table has 1 to {}", channels, kMostChannels));
  }
  if (events > std::numeric_limits<std::uint32_t>::max()) {
    throw Hdf5Failure(fmt::format("X has {} rows, more than one sample can have", events));
  }
}

/// Rows of X -> columns, in blocks of whole chunks so that no chunk is inflated twice.
void read_dense(const Hdf5Object& file, RawSample& sample) {
  const Hdf5Object x = open_dataset(file, "X");
  const Hdf5Shape shape = shape_of(x);
  if (shape.size() != 2 || !is_numeric(x)) throw Hdf5Failure("X is not a table of numbers");
  check_size(shape[0], shape[1], sample.channels.size());
  sample.events = shape[0];
  const std::size_t channels = shape[1];
  sample.values.assign(channels, std::vector<float>(sample.events));

  std::size_t step = std::max<std::size_t>(kBlockValues / channels, 1);
  const Hdf5Object properties(H5Dget_create_plist(x.id()), "X has no properties");
  if (H5Pget_layout(properties.id()) == H5D_CHUNKED) {
    hsize_t chunk[2] = {1, 1};
    H5Pget_chunk(properties.id(), 2, chunk);
    step = std::max<std::size_t>(step / chunk[0], 1) * chunk[0];
  }
  const Hdf5Object in_file(H5Dget_space(x.id()), "X has no shape");
  std::vector<float> block;
  for (std::size_t first = 0; first < sample.events; first += step) {
    const std::size_t rows = std::min(step, sample.events - first);
    block.resize(rows * channels);
    const hsize_t start[2] = {first, 0};
    const hsize_t count[2] = {rows, channels};
    const Hdf5Object in_memory(H5Screate_simple(2, count, nullptr), "no data space");
    if (H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start, nullptr, count, nullptr) < 0 ||
        H5Dread(x.id(), H5T_NATIVE_FLOAT, in_memory.id(), in_file.id(), H5P_DEFAULT, block.data()) <
            0) {
      throw Hdf5Failure("X cannot be read");
    }
    for (std::size_t channel = 0; channel < channels; ++channel) {
      float* column = sample.values[channel].data() + first;
      for (std::size_t row = 0; row < rows; ++row) column[row] = block[row * channels + channel];
    }
  }
}

/// Compressed rows (CSR) or columns (CSC); what is not stored is 0.
void read_sparse(const Hdf5Object& file, RawSample& sample) {
  const Hdf5Object x = open_group(file, "X");
  const bool is_new = has_attribute(x, "encoding-type");
  const std::string format = read_attribute_string(x, is_new ? "encoding-type" : "h5sparse_format");
  const bool is_by_row = format.starts_with("csr");
  if (!is_by_row && !format.starts_with("csc")) {
    throw Hdf5Failure("X is stored as \"" + format + "\", neither dense nor csr nor csc");
  }
  const auto shape = read_attribute_integers(x, is_new ? "shape" : "h5sparse_shape");
  if (shape.size() != 2) throw Hdf5Failure("the shape of X is not two numbers");
  check_size(shape[0], shape[1], sample.channels.size());
  const auto starts = read_values<std::uint64_t>(x, "indptr");
  const auto indices = read_values<std::uint64_t>(x, "indices");
  const auto stored = read_values<float>(x, "data");
  const std::size_t lines = is_by_row ? shape[0] : shape[1];
  const std::size_t across = is_by_row ? shape[1] : shape[0];
  if (starts.size() != lines + 1 || indices.size() != stored.size() || starts.front() != 0 ||
      starts.back() != stored.size() || !std::is_sorted(starts.begin(), starts.end())) {
    throw Hdf5Failure("the sparse parts of X contradict each other");
  }
  // An event table is measured, so mostly not zero; 1 in 1,000 is far below any.
  if (shape[0] * shape[1] / 1000 > stored.size() + 100000) {
    throw Hdf5Failure("X is almost all zeros, so it is not an event table");
  }
  sample.events = shape[0];
  sample.values.assign(shape[1], std::vector<float>(sample.events, 0.0F));
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::uint64_t at = starts[line]; at < starts[line + 1]; ++at) {
      if (indices[at] >= across) throw Hdf5Failure("an index of X is outside X");
      const std::size_t event = is_by_row ? line : indices[at];
      const std::size_t channel = is_by_row ? indices[at] : line;
      sample.values[channel][event] += stored[at];
    }
  }
}

}  // namespace

void read_h5ad_matrix(const Hdf5Object& file, RawSample& sample) {
  if (!has_member(file, "X")) throw Hdf5Failure("X is missing, and layers are not read");
  if (is_group(file, "X")) {
    read_sparse(file, sample);
  } else {
    read_dense(file, sample);
  }
}

}  // namespace gateless::io
