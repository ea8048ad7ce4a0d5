#include "io/h5ad_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <set>

#include "host/core/error.hpp"
#include "io/byte_source.hpp"
#include "io/fcs_spillover.hpp"
#include "io/fcs_text.hpp"
#include "io/h5ad_matrix.hpp"
#include "io/hdf5_object.hpp"
#include "io/hdf5_trial.hpp"

namespace gateless::io {
namespace {

/// Runs one way of reading; a failure of the library becomes the user's message.
template <class Read>
auto read_file(const Hdf5Trial& trial, const Read& read) {
  const std::string& path = trial.path;
  (void)ByteSource(path);  // a file, and one that may be read: the library says neither
  try {
    try_in_child(trial);
    const std::unique_lock<std::mutex> lock = hdf5_one_at_a_time();
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
  return read_file({.read = Hdf5Trial::Read::kEvents, .path = path, .column = {}},
                   [&](const Hdf5Object& file) {
                     RawSample sample;
                     sample.path = path;
                     sample.version = "h5ad";
                     sample.channels = read_channels(file);
                     sample.spillover = read_kept_spillover(file, sample);
                     sample.keywords = read_kept_keywords(file);
                     read_h5ad_matrix(file, sample);
                     warn_of_samples(file, sample);
                     return sample;
                   });
}

std::vector<std::string> read_obs_strings(const std::string& path, const std::string& column) {
  return read_file({.read = Hdf5Trial::Read::kObsColumn, .path = path, .column = column},
                   [&](const Hdf5Object& file) {
                     const Hdf5Object obs = open_group(file, "obs");
                     const auto columns = read_attribute_strings(obs, "column-order");
                     if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
                       throw Hdf5Failure("obs has no column \"" + column + "\"");
                     }
                     return read_obs_column(obs, column);
                   });
}

std::vector<std::string> obs_columns(const std::string& path) {
  return read_file({.read = Hdf5Trial::Read::kObsColumns, .path = path, .column = {}},
                   [](const Hdf5Object& file) {
                     return read_attribute_strings(open_group(file, "obs"), "column-order");
                   });
}

}  // namespace gateless::io
