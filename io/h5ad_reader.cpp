#include "io/h5ad_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "host/core/error.hpp"
#include "io/byte_source.hpp"
#include "io/fcs_spillover.hpp"
#include "io/fcs_text.hpp"
#include "io/hdf5_object.hpp"

namespace gateless {
namespace {

constexpr std::size_t kBlockValues = std::size_t{4} << 20U;

/// Runs one way of reading; a failure of the library becomes the user's message.
template <class Read>
auto read_file(const std::string& path, const Read& read) {
  (void)ByteSource(path);  // a file, and one that may be read: the library says neither
  const std::unique_lock<std::mutex> lock = hdf5_one_at_a_time();
  try {
    try_in_child(path, [&] { (void)read(open_hdf5_file(path)); });
    return read(open_hdf5_file(path));
  } catch (const Hdf5Failure& failure) {
    throw InputError(
        fmt::format("{}: {} (an event table in AnnData format has X, obs and var); write the file "
                    "again with anndata 0.8 or later",
                    path, failure.what()));
  }
}

/// The names of the rows of obs or var: the dataset that the group's attribute `_index` names.
std::vector<std::string> read_index(const Hdf5Object& file, const std::string& frame) {
  const Hdf5Object group = open_group(file, frame);
  return read_strings(group, read_attribute_string(group, "_index"));
}

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

std::vector<std::string> read_categorical(const Hdf5Object& column) {
  const std::vector<std::string> categories = read_strings(column, "categories");
  const auto codes = read_values<std::int64_t>(column, "codes");
  std::vector<std::string> result(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i] < 0) continue;
    if (static_cast<std::size_t>(codes[i]) >= categories.size()) {
      throw Hdf5Failure("a code is outside its categories");
    }
    result[i] = categories[static_cast<std::size_t>(codes[i])];
  }
  return result;
}

/// h5py's bool: an enumeration with the members FALSE and TRUE.
std::vector<std::string> read_bools(const Hdf5Object& group, const std::string& name) {
  const Hdf5Object dataset = open_dataset(group, name);
  const Hdf5Object type(H5Dget_type(dataset.id()), name + " has no type");
  if (H5Tget_size(type.id()) != 1) throw Hdf5Failure(name + " is an unknown enumeration");
  std::vector<std::int8_t> flags(value_count(shape_of(dataset)));
  if (!flags.empty() &&
      H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, flags.data()) < 0) {
    throw Hdf5Failure(name + " cannot be read");
  }
  std::vector<std::string> result(flags.size());
  std::transform(flags.begin(), flags.end(), result.begin(),
                 [](std::int8_t flag) { return flag != 0 ? "True" : "False"; });
  return result;
}

template <class T>
std::vector<std::string> read_numbers(const Hdf5Object& group, const std::string& name) {
  const auto values = read_values<T>(group, name);
  std::vector<std::string> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [](T value) { return fmt::format("{}", value); });
  return result;
}

std::vector<std::string> read_obs_column(const Hdf5Object& obs, const std::string& column) {
  if (is_group(obs, column)) return read_categorical(open_group(obs, column));
  switch (type_class(open_dataset(obs, column))) {
    case H5T_STRING:
      return read_strings(obs, column);
    case H5T_ENUM:
      return read_bools(obs, column);
    case H5T_INTEGER:
      return read_numbers<std::int64_t>(obs, column);
    case H5T_FLOAT:
      return read_numbers<double>(obs, column);
    default:
      throw Hdf5Failure("obs column " + column + " has a type that is not known here");
  }
}

/// The first of these columns of var that is there, as text; empty where there is none, or not one field a channel.
std::vector<std::string> var_column(const Hdf5Object& var, std::size_t channels,
                                    std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (!has_member(var, name)) continue;
    std::vector<std::string> column = read_obs_column(var, name);
    if (column.size() == channels) return column;
  }
  return {};
}

/// Detectors and stains: readfcs, pytometry, FlowKit, CATALYST and flowCore keep what $PnN, $PnS and $PnR said as columns
/// of var, each under names of its own.
std::vector<Channel> read_channels(const Hdf5Object& file) {
  const std::vector<std::string> index = read_index(file, "var");
  const Hdf5Object var = open_group(file, "var");
  const std::vector<std::string> detectors =
      var_column(var, index.size(), {"channel", "pnn", "PnN", "$PnN", "channel_name", "detector"});
  const std::vector<std::string> markers =
      var_column(var, index.size(),
                 {"marker", "pns", "PnS", "$PnS", "marker_name", "antigen", "desc", "stain",
                  "feature_name", "protein", "target", "gene_symbol", "gene_symbols"});
  const std::vector<std::string> ranges = var_column(var, index.size(), {"PnR", "pnr", "$PnR"});
  std::vector<Channel> channels;
  for (std::size_t row = 0; row < index.size(); ++row) {
    Channel channel{.name = index[row], .stain = "", .range = 0.0};
    if (!markers.empty() && markers != index) channel.stain = markers[row];
    if (!detectors.empty() && !detectors[row].empty()) {
      channel.name = detectors[row];
      if (markers.empty() && index[row] != channel.name) channel.stain = index[row];
    }
    if (!ranges.empty()) channel.range = decimal(ranges[row]).value_or(0.0);
    channels.push_back(std::move(channel));
  }
  return channels;
}

/// One table of several samples is read as one, which is seldom meant.
void warn_of_samples(const Hdf5Object& file, RawSample& sample) {
  if (!has_member(file, "obs") || !is_group(file, "obs")) return;
  const Hdf5Object obs = open_group(file, "obs");
  for (const char* name : {"sample", "sample_id", "Sample", "SampleID", "file", "filename",
                           "file_name", "FileName", "patient", "patient_id", "donor"}) {
    if (!has_member(obs, name)) continue;
    const std::vector<std::string> words = read_obs_column(obs, name);
    const std::set<std::string> different(words.begin(), words.end());
    if (words.size() != sample.events || different.size() < 2) continue;
    sample.warnings.push_back(
        fmt::format("The events are of {} samples by the column '{}' of obs ({}, ...) and are read "
                    "as one; split the table to compare them.",
                    different.size(), name, *different.begin()));
    return;
  }
}

/// The matrix that readfcs keeps as text under uns/meta, for values that it left raw.
std::optional<Spillover> read_kept_spillover(const Hdf5Object& file, RawSample& sample) {
  if (!has_member(file, "uns")) return {};
  const Hdf5Object uns = open_group(file, "uns");
  if (!has_member(uns, "meta") || !is_group(uns, "meta")) return {};
  const Hdf5Object meta = open_group(uns, "meta");
  for (const char* name : {"spillover", "$SPILLOVER", "SPILLOVER", "SPILL", "spill"}) {
    if (!has_member(meta, name) || is_group(meta, name)) continue;
    if (type_class(open_dataset(meta, name)) != H5T_STRING) continue;
    const std::vector<std::string> text = read_strings(meta, name);
    if (text.size() != 1) continue;
    return parse_spillover(std::string("uns/meta/") + name, text[0], sample.channels,
                           sample.warnings);
  }
  return {};
}

/// Keywords of the FCS file that the events came from, as write_event_h5ad() keeps them.
std::map<std::string, std::string> read_kept_keywords(const Hdf5Object& file) {
  constexpr const char* kName = "fcs_keywords";
  if (!has_member(file, "uns")) return {};
  const Hdf5Object uns = open_group(file, "uns");
  if (!has_member(uns, kName) || is_group(uns, kName)) return {};
  if (type_class(open_dataset(uns, kName)) != H5T_STRING) return {};
  const std::vector<std::string> text = read_strings(uns, kName);
  if (text.size() != 1) return {};
  const nlohmann::json json = nlohmann::json::parse(text[0], nullptr, false);
  std::map<std::string, std::string> keywords;
  if (!json.is_object()) return keywords;
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) keywords[name] = value.get<std::string>();
  }
  return keywords;
}

}  // namespace

RawSample read_h5ad(const std::string& path) {
  return read_file(path, [&](const Hdf5Object& file) {
    RawSample sample;
    sample.path = path;
    sample.version = "h5ad";
    sample.channels = read_channels(file);
    sample.spillover = read_kept_spillover(file, sample);
    sample.keywords = read_kept_keywords(file);
    if (!has_member(file, "X")) throw Hdf5Failure("X is missing, and layers are not read");
    if (is_group(file, "X")) {
      read_sparse(file, sample);
    } else {
      read_dense(file, sample);
    }
    warn_of_samples(file, sample);
    return sample;
  });
}

std::vector<std::string> read_obs_strings(const std::string& path, const std::string& column) {
  return read_file(path, [&](const Hdf5Object& file) {
    const Hdf5Object obs = open_group(file, "obs");
    const auto columns = read_attribute_strings(obs, "column-order");
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      throw Hdf5Failure("obs has no column \"" + column + "\"");
    }
    return read_obs_column(obs, column);
  });
}

std::vector<std::string> obs_columns(const std::string& path) {
  return read_file(path, [](const Hdf5Object& file) {
    return read_attribute_strings(open_group(file, "obs"), "column-order");
  });
}

}  // namespace gateless
