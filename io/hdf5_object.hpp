// The HDF5 C library with owned identifiers and checked calls. Failures are thrown as Hdf5Failure, which the
// readers and writers above turn into messages with a path; the library itself prints nothing.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <limits>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace gateless::io {

/// A call of the library failed or a file is not as it must be; `what` is half a sentence without the path.
class Hdf5Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Owns one identifier of the library: a file, group, dataset, space, type or property list.
class Hdf5Object {
 public:
  Hdf5Object() = default;
  /// Takes over what a library call returned. Errors: Hdf5Failure(complaint) if it is negative.
  Hdf5Object(hid_t id, const std::string& complaint) : id_(id) {
    if (id < 0) throw Hdf5Failure(complaint);
  }
  Hdf5Object(Hdf5Object&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Hdf5Object& operator=(Hdf5Object&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Hdf5Object() {
    if (id_ >= 0) H5Idec_ref(id_);
  }
  [[nodiscard]] hid_t id() const noexcept { return id_; }
  /// Gives the identifier up without closing it.
  [[nodiscard]] hid_t release() noexcept { return std::exchange(id_, H5I_INVALID_HID); }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using Hdf5Shape =
    std::vector<hsize_t>;  ///< lengths of the dimensions, slowest first; empty: a scalar

/// The library's name of a C++ number type in memory.
template <class T>
[[nodiscard]] hid_t hdf5_type() {
  if constexpr (std::is_same_v<T, float>)
    return H5T_NATIVE_FLOAT;
  else if constexpr (std::is_same_v<T, double>)
    return H5T_NATIVE_DOUBLE;
  else if constexpr (std::is_same_v<T, std::int8_t>)
    return H5T_NATIVE_INT8;
  else if constexpr (std::is_same_v<T, std::uint8_t>)
    return H5T_NATIVE_UINT8;
  else if constexpr (std::is_same_v<T, std::int16_t>)
    return H5T_NATIVE_INT16;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return H5T_NATIVE_INT32;
  else if constexpr (std::is_same_v<T, std::uint32_t>)
    return H5T_NATIVE_UINT32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return H5T_NATIVE_INT64;
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return H5T_NATIVE_UINT64;
}

/// Held while samples are read or written by several threads: the library is for one at a time.
[[nodiscard]] inline std::unique_lock<std::mutex> hdf5_one_at_a_time() {
  static std::mutex library;
  return std::unique_lock(library);
}

/// Before the first call of the library: it prints nothing, and its exit handler stays out. Version 1.10 crashes there
/// on a file that it failed to close, because the disk was full or the file is damaged.
inline void begin_hdf5() {
  [[maybe_unused]] static const herr_t without_exit_handler = H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

// ---- writing: no time stamps, so that equal contents give equal bytes

enum class Hdf5Storage { kContiguous, kCompressed };

[[nodiscard]] Hdf5Object create_hdf5_file(const std::string& path);
[[nodiscard]] Hdf5Object create_group(const Hdf5Object& parent, const std::string& name);

/// An empty dataset of `shape`. kCompressed: chunks of 65,536 rows, shuffled, deflated at the fastest level.
[[nodiscard]] Hdf5Object create_dataset(const Hdf5Object& parent, const std::string& name,
                                        hid_t type, const Hdf5Shape& shape, Hdf5Storage storage);

/// Rows [first, first + shape[0]) of a dataset of the same rank and row length.
void write_rows(const Hdf5Object& dataset, hid_t type, std::size_t first, const Hdf5Shape& shape,
                const void* values);

/// Flushes and closes, so that a full disk is told here and not lost in a destructor. Datasets and groups of the
/// file must be closed before.
void close_hdf5_file(Hdf5Object& file);

/// A dataset of `shape` with these values (memory order = slowest dimension first).
template <class T>
Hdf5Object write_values(const Hdf5Object& parent, const std::string& name, const Hdf5Shape& shape,
                        std::span<const T> values, Hdf5Storage storage = Hdf5Storage::kContiguous) {
  Hdf5Object dataset = create_dataset(parent, name, hdf5_type<T>(), shape, storage);
  if (!values.empty() &&
      H5Dwrite(dataset.id(), hdf5_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    throw Hdf5Failure("writing " + name + " failed");
  }
  return dataset;
}

/// Strings of fixed length (the longest), UTF-8, null-padded, [strings.size()].
Hdf5Object write_strings(const Hdf5Object& parent, const std::string& name,
                         const std::vector<std::string>& strings);
/// One string (a scalar dataset), of any length.
Hdf5Object write_string(const Hdf5Object& parent, const std::string& name,
                        const std::string& value);

/// A UTF-8 string type: fixed length (at least 1, null-padded) or, for 0, variable.
[[nodiscard]] Hdf5Object string_type(std::size_t length);

void write_attribute(const Hdf5Object& object, const std::string& name, const std::string& value);
void write_attribute(const Hdf5Object& object, const std::string& name,
                     const std::vector<std::string>& values);

/// One number or bool as an attribute.
template <class T>
requires std::is_arithmetic_v<T>
void write_attribute(const Hdf5Object& object, const std::string& name, T value) {
  const Hdf5Object space(H5Screate(H5S_SCALAR), "no data space");
  const Hdf5Object attribute(
      H5Acreate2(object.id(), name.c_str(), hdf5_type<T>(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
      "writing attribute " + name + " failed");
  if (H5Awrite(attribute.id(), hdf5_type<T>(), &value) < 0) {
    throw Hdf5Failure("writing attribute " + name + " failed");
  }
}

// ---- reading: nothing that a file declares is believed before it is compared with the bytes stored

[[nodiscard]] Hdf5Object open_hdf5_file(const std::string& path);
[[nodiscard]] bool has_member(const Hdf5Object& parent, const std::string& name);
[[nodiscard]] bool is_group(const Hdf5Object& parent, const std::string& name);
[[nodiscard]] Hdf5Object open_group(const Hdf5Object& parent, const std::string& name);
/// Errors: Hdf5Failure also if it declares more values than its stored bytes can hold.
[[nodiscard]] Hdf5Object open_dataset(const Hdf5Object& parent, const std::string& name);
/// Names of the members of a group, sorted.
[[nodiscard]] std::vector<std::string> member_names(const Hdf5Object& group);

[[nodiscard]] Hdf5Shape shape_of(const Hdf5Object& dataset);
[[nodiscard]] std::size_t value_count(const Hdf5Shape& shape);
[[nodiscard]] H5T_class_t type_class(const Hdf5Object& dataset);
/// Whether the dataset holds integers or floating-point numbers.
[[nodiscard]] bool is_numeric(const Hdf5Object& dataset);

/// All values, converted by the library.
template <class T>
[[nodiscard]] std::vector<T> read_values(const Hdf5Object& parent, const std::string& name) {
  const Hdf5Object dataset = open_dataset(parent, name);
  if (!is_numeric(dataset)) throw Hdf5Failure(name + " does not hold numbers");
  std::vector<T> values(value_count(shape_of(dataset)));
  if (!values.empty() &&
      H5Dread(dataset.id(), hdf5_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    throw Hdf5Failure(name + " cannot be read");
  }
  return values;
}

/// Strings of fixed or variable length, [values of the dataset].
[[nodiscard]] std::vector<std::string> read_strings(const Hdf5Object& parent,
                                                    const std::string& name);
[[nodiscard]] std::string read_string(const Hdf5Object& parent, const std::string& name);

[[nodiscard]] bool has_attribute(const Hdf5Object& object, const std::string& name);
[[nodiscard]] std::string read_attribute_string(const Hdf5Object& object, const std::string& name);
[[nodiscard]] std::vector<std::string> read_attribute_strings(const Hdf5Object& object,
                                                              const std::string& name);
/// An attribute of integers, at most 16; negative ones are read as 0.
[[nodiscard]] std::vector<std::uint64_t> read_attribute_integers(const Hdf5Object& object,
                                                                 const std::string& name);

}  // namespace gateless::io
