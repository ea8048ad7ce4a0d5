// Writes events.h5ad: an AnnData file (encoding 0.1.0, readable by Python's anndata 0.8 and later), column by
// column and block by block, so that the file may be larger than memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace gateless::io {

/// Whether X is in the file. Without it only obs and var are: the labels of each event.
enum class H5adContent { kValuesAndLabels, kLabelsOnly };

/// Writes the values of rows first, first + 1, ... of a column; called block by block, so that no column need be in memory as a
/// whole, and by several threads, in any order.
template <class T>
using FillRows = std::function<void(std::size_t first, std::span<T> values)>;

/// An AnnData file on its way to disk. Everything goes to `<path>.part`; commit() gives it its name, and without
/// commit() nothing is left behind. Columns appear in the order in which they are added; the obs index is
/// "0", "1", ... Not for several threads at once: the HDF5 library is not.
/// Errors: InputError when the file cannot be created, DeviceError when writing fails (disk full),
/// std::logic_error for a column of the wrong length or a name used twice.
class H5adWriter {
 public:
  /// Columns are compressed by `threads`; the bytes are the same for any number.
  H5adWriter(const std::string& path, std::size_t rows, const std::vector<std::string>& var_names,
             H5adContent content = H5adContent::kValuesAndLabels, std::size_t threads = 1);
  H5adWriter(const H5adWriter&) = delete;
  H5adWriter& operator=(const H5adWriter&) = delete;
  ~H5adWriter();

  /// `codes` is [rows], indices into `categories`; -1 = missing.
  void add_obs_categorical(const std::string& name, std::span<const std::int8_t> codes,
                           const std::vector<std::string>& categories);
  void add_obs_categorical(const std::string& name, std::span<const std::int16_t> codes,
                           const std::vector<std::string>& categories);
  void add_obs_categorical(const std::string& name, std::span<const std::int32_t> codes,
                           const std::vector<std::string>& categories);
  void add_obs_categorical(const std::string& name, const FillRows<std::int32_t>& codes,
                           const std::vector<std::string>& categories);
  void add_obs_integer(const std::string& name, const FillRows<std::int32_t>& values);
  void add_obs_float(const std::string& name, const FillRows<float>& values);
  void add_obs_bool(const std::string& name, const FillRows<std::uint8_t>& values);  ///< 0 or not 0
  void add_obs_integer(const std::string& name, std::span<const std::int32_t> values);
  void add_obs_integer(const std::string& name, std::span<const std::int64_t> values);
  void add_obs_float(const std::string& name, std::span<const float> values);
  void add_obs_bool(const std::string& name, std::span<const std::uint8_t> values);  ///< 0 or not 0

  /// A column of var: a word for each marker.
  void add_var_strings(const std::string& name, const std::vector<std::string>& values);

  /// A string in `uns`: what the reader of the file should know, e.g. the version of the program.
  /// `group`: a group within `uns`; empty: `uns` itself.
  void add_uns_string(const std::string& name, const std::string& value,
                      const std::string& group = {});

  /// Rows [first_row, first_row + block.size() / vars) of X; `block` is [rows of the block][vars].
  /// Every row must be written, once, before commit().
  void write_x(std::size_t first_row, std::span<const float> block);

  /// Completes the file and renames it. Nothing can be written afterwards.
  void commit();

 private:
  struct File;
  std::unique_ptr<File> file_;
};

}  // namespace gateless::io
