// The reading half of hdf5_object.hpp: what a file declares is compared with the bytes it stores.
#include <algorithm>
#include <array>
#include <cstring>

#include "io/hdf5_object.hpp"

namespace gateless::io {
namespace {

// Deflate cannot shrink by more than about 1032 : 1 (zlib, "Technical details").
constexpr std::uint64_t kLargestCompression = 1100;
constexpr int kLargestRank = 8;
constexpr hssize_t kLongestAttribute = 65536;

/// Product that stays at the largest value instead of wrapping.
std::uint64_t saturating_product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::numeric_limits<std::uint64_t>::max();
  return product;
}

std::uint64_t chunk_bytes(hid_t properties, std::size_t value_size) {
  std::array<hsize_t, kLargestRank> chunk{};
  const int rank = H5Pget_chunk(properties, kLargestRank, chunk.data());
  std::uint64_t bytes = value_size;
  for (int i = 0; i < std::min(rank, kLargestRank); ++i) {
    bytes = saturating_product(bytes, chunk[static_cast<std::size_t>(i)]);
  }
  return bytes;
}

/// A filter by its registered number (https://github.com/HDFGroup/hdf5_plugins, docs/RegisteredFilterPlugins).
std::string filter_name(H5Z_filter_t filter) {
  switch (filter) {
    case H5Z_FILTER_SZIP:
      return "szip";
    case 307:
      return "bzip2";
    case 32000:
      return "lzf";
    case 32001:
      return "blosc";
    case 32004:
      return "lz4";
    case 32008:
      return "bitshuffle";
    case 32013:
      return "zfp";
    case 32015:
      return "zstd";
    case 32026:
      return "blosc2";
    default:
      return "HDF5 filter " + std::to_string(filter);
  }
}

/// Filters that this library does not have: the values can be read by the program that wrote them alone.
void check_filters(hid_t properties, const std::string& name) {
  const int filters = H5Pget_nfilters(properties);
  for (int filter = 0; filter < filters; ++filter) {
    unsigned flags = 0;
    std::size_t parameters = 0;
    unsigned configuration = 0;
    const H5Z_filter_t id = H5Pget_filter2(properties, static_cast<unsigned>(filter), &flags,
                                           &parameters, nullptr, 0, nullptr, &configuration);
    if (id < 0 || H5Zfilter_avail(id) > 0) continue;
    throw Hdf5Failure(name + " is compressed with " + filter_name(id) +
                      ", which the HDF5 library here cannot read: use gzip or none");
  }
}

/// Declared sizes must be backed by stored bytes, so that a small file cannot ask for much memory.
void check_storage(const Hdf5Object& dataset, const std::string& name) {
  const Hdf5Object type(H5Dget_type(dataset.id()), name + " has no type");
  const Hdf5Object properties(H5Dget_create_plist(dataset.id()), name + " has no properties");
  const H5D_layout_t layout = H5Pget_layout(properties.id());
  if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) {
    throw Hdf5Failure(name + " is stored in another file");
  }
  if (H5Pget_external_count(properties.id()) > 0) {
    throw Hdf5Failure(name + " is stored in another file");
  }
  check_filters(properties.id(), name);
  const std::uint64_t value_size = H5Tget_size(type.id());
  const std::uint64_t declared = saturating_product(value_count(shape_of(dataset)), value_size);
  const std::uint64_t stored = H5Dget_storage_size(dataset.id());
  const std::uint64_t largest =
      layout == H5D_CHUNKED ? saturating_product(stored, kLargestCompression) : stored;
  if (declared > largest) {
    throw Hdf5Failure(name + " declares more values than the file holds");
  }
  if (layout == H5D_CHUNKED &&
      chunk_bytes(properties.id(), value_size) > declared + (std::uint64_t{64} << 20U)) {
    throw Hdf5Failure(name + " declares chunks larger than itself");
  }
}

struct StringType {
  bool is_variable = false;
  std::size_t length = 0;
  H5T_str_t padding = H5T_STR_NULLTERM;
};

StringType string_type_of(hid_t type, const std::string& name) {
  if (H5Tget_class(type) != H5T_STRING) throw Hdf5Failure(name + " does not hold strings");
  return {H5Tis_variable_str(type) > 0, H5Tget_size(type), H5Tget_strpad(type)};
}

/// Cuts `count` strings out of fixed-length fields.
std::vector<std::string> cut_strings(const std::vector<char>& fields, std::size_t count,
                                     const StringType& type) {
  std::vector<std::string> strings(count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* field = fields.data() + i * type.length;
    std::size_t length = type.length;
    if (type.padding == H5T_STR_SPACEPAD) {
      while (length > 0 && field[length - 1] == ' ') --length;
    } else {
      length = strnlen(field, type.length);
    }
    strings[i].assign(field, length);
  }
  return strings;
}

/// Takes over strings that the library allocated.
std::vector<std::string> take_strings(std::vector<char*>& texts) {
  std::vector<std::string> strings;
  strings.reserve(texts.size());
  for (const char* text : texts) strings.emplace_back(text == nullptr ? "" : text);
  return strings;
}

Hdf5Object open_attribute(const Hdf5Object& object, const std::string& name) {
  return {H5Aopen(object.id(), name.c_str(), H5P_DEFAULT), "attribute " + name + " is missing"};
}

}  // namespace

Hdf5Object open_hdf5_file(const std::string& path) {
  begin_hdf5();
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), "is not a readable HDF5 file"};
}

bool has_member(const Hdf5Object& parent, const std::string& name) {
  return H5Lexists(parent.id(), name.c_str(), H5P_DEFAULT) > 0;
}

bool is_group(const Hdf5Object& parent, const std::string& name) {
  if (!has_member(parent, name)) return false;
  const hid_t object = H5Oopen(parent.id(), name.c_str(), H5P_DEFAULT);
  if (object < 0) return false;
  const bool result = H5Iget_type(object) == H5I_GROUP;
  H5Oclose(object);
  return result;
}

Hdf5Object open_group(const Hdf5Object& parent, const std::string& name) {
  if (!is_group(parent, name)) throw Hdf5Failure("group " + name + " is missing");
  return {H5Gopen2(parent.id(), name.c_str(), H5P_DEFAULT), "group " + name + " is missing"};
}

Hdf5Object open_dataset(const Hdf5Object& parent, const std::string& name) {
  if (!has_member(parent, name)) throw Hdf5Failure(name + " is missing");
  Hdf5Object dataset(H5Dopen2(parent.id(), name.c_str(), H5P_DEFAULT), name + " is not a dataset");
  check_storage(dataset, name);
  return dataset;
}

std::vector<std::string> member_names(const Hdf5Object& group) {
  std::vector<std::string> names;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* into) -> herr_t {
    static_cast<std::vector<std::string>*>(into)->emplace_back(name);
    return 0;
  };
  hsize_t first = 0;
  if (H5Literate(group.id(), H5_INDEX_NAME, H5_ITER_INC, &first, collect, &names) < 0) {
    throw Hdf5Failure("a group cannot be listed");
  }
  return names;
}

Hdf5Shape shape_of(const Hdf5Object& dataset) {
  const Hdf5Object space(H5Dget_space(dataset.id()), "a dataset has no shape");
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0 || rank > kLargestRank || H5Sget_simple_extent_type(space.id()) == H5S_NULL) {
    throw Hdf5Failure("a dataset has no usable shape");
  }
  Hdf5Shape shape(static_cast<std::size_t>(rank));
  if (rank > 0) H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr);
  return shape;
}

std::size_t value_count(const Hdf5Shape& shape) {
  std::uint64_t count = 1;
  for (const hsize_t length : shape) count = saturating_product(count, length);
  return count;
}

H5T_class_t type_class(const Hdf5Object& dataset) {
  const Hdf5Object type(H5Dget_type(dataset.id()), "a dataset has no type");
  return H5Tget_class(type.id());
}

bool is_numeric(const Hdf5Object& dataset) {
  const H5T_class_t kind = type_class(dataset);
  return kind == H5T_INTEGER || kind == H5T_FLOAT;
}

std::vector<std::string> read_strings(const Hdf5Object& parent, const std::string& name) {
  const Hdf5Object dataset = open_dataset(parent, name);
  const Hdf5Object type(H5Dget_type(dataset.id()), name + " has no type");
  const StringType stored = string_type_of(type.id(), name);
  const std::size_t count = value_count(shape_of(dataset));
  if (count == 0) return {};
  if (!stored.is_variable) {
    std::vector<char> fields(count * stored.length);
    if (H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, fields.data()) < 0) {
      throw Hdf5Failure(name + " cannot be read");
    }
    return cut_strings(fields, count, stored);
  }
  std::vector<char*> texts(count, nullptr);
  if (H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()) < 0) {
    throw Hdf5Failure(name + " cannot be read");
  }
  std::vector<std::string> strings = take_strings(texts);
  const Hdf5Object space(H5Dget_space(dataset.id()), name + " has no shape");
  H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, texts.data());
  return strings;
}

std::string read_string(const Hdf5Object& parent, const std::string& name) {
  const std::vector<std::string> strings = read_strings(parent, name);
  if (strings.size() != 1) throw Hdf5Failure(name + " is not one string");
  return strings.front();
}

bool has_attribute(const Hdf5Object& object, const std::string& name) {
  return H5Aexists(object.id(), name.c_str()) > 0;
}

std::vector<std::string> read_attribute_strings(const Hdf5Object& object, const std::string& name) {
  const std::string complaint = "attribute " + name + " cannot be read";
  const Hdf5Object attribute = open_attribute(object, name);
  const Hdf5Object type(H5Aget_type(attribute.id()), complaint);
  const Hdf5Object space(H5Aget_space(attribute.id()), complaint);
  const hssize_t points = H5Sget_simple_extent_npoints(space.id());
  if (points == 0) return {};  // of any type: empty lists are often written as numbers
  const StringType stored = string_type_of(type.id(), "attribute " + name);
  if (points < 0 || points > kLongestAttribute) throw Hdf5Failure(complaint);
  const auto count = static_cast<std::size_t>(points);
  if (!stored.is_variable) {
    if (stored.length > H5Aget_storage_size(attribute.id())) throw Hdf5Failure(complaint);
    std::vector<char> fields(count * stored.length);
    if (H5Aread(attribute.id(), type.id(), fields.data()) < 0) throw Hdf5Failure(complaint);
    return cut_strings(fields, count, stored);
  }
  std::vector<char*> texts(count, nullptr);
  if (H5Aread(attribute.id(), type.id(), texts.data()) < 0) throw Hdf5Failure(complaint);
  std::vector<std::string> strings = take_strings(texts);
  H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, texts.data());
  return strings;
}

std::string read_attribute_string(const Hdf5Object& object, const std::string& name) {
  const std::vector<std::string> strings = read_attribute_strings(object, name);
  if (strings.size() != 1) throw Hdf5Failure("attribute " + name + " is not one string");
  return strings.front();
}

std::vector<std::uint64_t> read_attribute_integers(const Hdf5Object& object,
                                                   const std::string& name) {
  const std::string complaint = "attribute " + name + " is not a few integers";
  const Hdf5Object attribute = open_attribute(object, name);
  const Hdf5Object type(H5Aget_type(attribute.id()), complaint);
  const Hdf5Object space(H5Aget_space(attribute.id()), complaint);
  const hssize_t points = H5Sget_simple_extent_npoints(space.id());
  if (H5Tget_class(type.id()) != H5T_INTEGER || points < 0 || points > 16) {
    throw Hdf5Failure(complaint);
  }
  std::vector<std::uint64_t> values(static_cast<std::size_t>(points));
  if (!values.empty() && H5Aread(attribute.id(), H5T_NATIVE_UINT64, values.data()) < 0) {
    throw Hdf5Failure(complaint);
  }
  return values;
}

}  // namespace gateless::io
