// The writing half of hdf5_object.hpp.
#include <algorithm>
#include <cstring>

#include "io/hdf5_object.hpp"

namespace gateless::io {
namespace {

constexpr hsize_t kChunkRows = 65536;

Hdf5Object make_space(const Hdf5Shape& shape) {
  if (shape.empty()) return {H5Screate(H5S_SCALAR), "no data space"};
  return {H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), "no data space"};
}

Hdf5Object dataset_properties(const Hdf5Shape& shape, Hdf5Storage storage) {
  Hdf5Object properties(H5Pcreate(H5P_DATASET_CREATE), "no property list");
  bool done = H5Pset_obj_track_times(properties.id(), false) >= 0 &&
              H5Pset_fill_time(properties.id(), H5D_FILL_TIME_NEVER) >= 0;
  if (storage == Hdf5Storage::kCompressed && !shape.empty() && value_count(shape) > 0) {
    Hdf5Shape chunk = shape;
    chunk.front() = std::min(chunk.front(), kChunkRows);
    done = done &&
           H5Pset_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data()) >= 0 &&
           H5Pset_shuffle(properties.id()) >= 0 && H5Pset_deflate(properties.id(), 1) >= 0;
  }
  if (!done) throw Hdf5Failure("the library refuses the properties of a dataset");
  return properties;
}

}  // namespace

Hdf5Object create_hdf5_file(const std::string& path) {
  begin_hdf5();
  const Hdf5Object access(H5Pcreate(H5P_FILE_ACCESS), "no property list");
  // Closing fails while a member is still open, so a closed file is a whole one.
  H5Pset_fclose_degree(access.id(), H5F_CLOSE_SEMI);
  return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), "cannot be created"};
}

Hdf5Object create_group(const Hdf5Object& parent, const std::string& name) {
  return {H5Gcreate2(parent.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
          "writing group " + name + " failed"};
}

Hdf5Object create_dataset(const Hdf5Object& parent, const std::string& name, hid_t type,
                          const Hdf5Shape& shape, Hdf5Storage storage) {
  const Hdf5Object space = make_space(shape);
  const Hdf5Object properties = dataset_properties(shape, storage);
  return {H5Dcreate2(parent.id(), name.c_str(), type, space.id(), H5P_DEFAULT, properties.id(),
                     H5P_DEFAULT),
          "writing " + name + " failed"};
}

void write_rows(const Hdf5Object& dataset, hid_t type, std::size_t first, const Hdf5Shape& shape,
                const void* values) {
  if (value_count(shape) == 0) return;
  const Hdf5Object in_file(H5Dget_space(dataset.id()), "no data space");
  const Hdf5Object in_memory = make_space(shape);
  Hdf5Shape start(shape.size(), 0);
  start.front() = first;
  if (H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr, shape.data(),
                          nullptr) < 0 ||
      H5Dwrite(dataset.id(), type, in_memory.id(), in_file.id(), H5P_DEFAULT, values) < 0) {
    throw Hdf5Failure("writing rows failed");
  }
}

void close_hdf5_file(Hdf5Object& file) {
  const bool is_flushed = H5Fflush(file.id(), H5F_SCOPE_LOCAL) >= 0;
  if (H5Fclose(file.release()) < 0 || !is_flushed) throw Hdf5Failure("writing failed");
}

Hdf5Object string_type(std::size_t length) {
  Hdf5Object type(H5Tcopy(H5T_C_S1), "no string type");
  if (H5Tset_size(type.id(), length == 0 ? H5T_VARIABLE : length) < 0 ||
      H5Tset_cset(type.id(), H5T_CSET_UTF8) < 0 ||
      (length > 0 && H5Tset_strpad(type.id(), H5T_STR_NULLPAD) < 0)) {
    throw Hdf5Failure("no string type");
  }
  return type;
}

Hdf5Object write_strings(const Hdf5Object& parent, const std::string& name,
                         const std::vector<std::string>& strings) {
  std::size_t length = 1;
  for (const std::string& text : strings) length = std::max(length, text.size());
  std::vector<char> padded(length * strings.size(), '\0');
  for (std::size_t i = 0; i < strings.size(); ++i) {
    std::memcpy(padded.data() + i * length, strings[i].data(), strings[i].size());
  }
  const Hdf5Object type = string_type(length);
  Hdf5Object dataset =
      create_dataset(parent, name, type.id(), {strings.size()}, Hdf5Storage::kContiguous);
  if (!strings.empty() &&
      H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded.data()) < 0) {
    throw Hdf5Failure("writing " + name + " failed");
  }
  return dataset;
}

Hdf5Object write_string(const Hdf5Object& parent, const std::string& name,
                        const std::string& value) {
  const Hdf5Object type = string_type(std::max<std::size_t>(value.size(), 1));
  Hdf5Object dataset = create_dataset(parent, name, type.id(), {}, Hdf5Storage::kContiguous);
  if (H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, value.c_str()) < 0) {
    throw Hdf5Failure("writing " + name + " failed");
  }
  return dataset;
}

void write_attribute(const Hdf5Object& object, const std::string& name, const std::string& value) {
  const Hdf5Object type = string_type(0);
  const Hdf5Object space = make_space({});
  const Hdf5Object attribute(
      H5Acreate2(object.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
      "writing attribute " + name + " failed");
  const char* text = value.c_str();
  if (H5Awrite(attribute.id(), type.id(), &text) < 0) {
    throw Hdf5Failure("writing attribute " + name + " failed");
  }
}

void write_attribute(const Hdf5Object& object, const std::string& name,
                     const std::vector<std::string>& values) {
  const Hdf5Object type = string_type(0);
  const Hdf5Object space = make_space({values.size()});
  const Hdf5Object attribute(
      H5Acreate2(object.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
      "writing attribute " + name + " failed");
  std::vector<const char*> texts;
  for (const std::string& value : values) texts.push_back(value.c_str());
  if (!texts.empty() && H5Awrite(attribute.id(), type.id(), texts.data()) < 0) {
    throw Hdf5Failure("writing attribute " + name + " failed");
  }
}

}  // namespace gateless::io
