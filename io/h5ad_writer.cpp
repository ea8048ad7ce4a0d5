#include "io/h5ad_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <mutex>
#include <set>
#include <type_traits>

#include "host/core/error.hpp"
#include "host/core/parallel.hpp"
#include "io/atomic_file.hpp"
#include "io/hdf5_chunks.hpp"
#include "io/hdf5_object.hpp"

namespace gateless::io {
namespace {

constexpr std::size_t kWriteBackBytes = std::size_t{1} << 26U;

/// anndata's on-disk format: every element says what it is.
void write_encoding(const Hdf5Object& object, const std::string& type, const std::string& version) {
  write_attribute(object, "encoding-type", type);
  write_attribute(object, "encoding-version", version);
}

Hdf5Object create_encoded_group(const Hdf5Object& parent, const std::string& name,
                                const std::string& type, const std::string& version) {
  Hdf5Object group = create_group(parent, name);
  write_encoding(group, type, version);
  return group;
}

/// h5py's bool: an enumeration over one byte.
Hdf5Object bool_type() {
  Hdf5Object type(H5Tenum_create(H5T_NATIVE_INT8), "no bool type");
  const std::int8_t no = 0;
  const std::int8_t yes = 1;
  if (H5Tenum_insert(type.id(), "FALSE", &no) < 0 || H5Tenum_insert(type.id(), "TRUE", &yes) < 0) {
    throw Hdf5Failure("no bool type");
  }
  return type;
}

void write_boolean_attribute(const Hdf5Object& object, const std::string& name, bool value) {
  const Hdf5Object type = bool_type();
  const Hdf5Object space(H5Screate(H5S_SCALAR), "no data space");
  const Hdf5Object attribute(
      H5Acreate2(object.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
      "writing attribute " + name + " failed");
  const std::int8_t number = value ? 1 : 0;
  if (H5Awrite(attribute.id(), type.id(), &number) < 0) {
    throw Hdf5Failure("writing attribute " + name + " failed");
  }
}

/// The obs names "0", "1", ...: fixed length, because variable-length strings of millions of events cost 16 bytes
/// each, uncompressed, and minutes.
void write_obs_index(const Hdf5Object& obs, std::size_t rows, std::size_t threads) {
  const std::size_t length = fmt::formatted_size("{}", rows == 0 ? 0 : rows - 1);
  const Hdf5Object type = string_type(length);
  const Hdf5Object dataset =
      create_dataset(obs, "_index", type.id(), {rows}, Hdf5Storage::kCompressed);
  write_compressed(
      dataset, length, rows,
      [&](std::size_t first, std::size_t count, std::span<std::byte> bytes) {
        std::fill(bytes.begin(), bytes.end(), std::byte{0});
        for (std::size_t row = 0; row < count; ++row) {
          char* field = reinterpret_cast<char*>(bytes.data()) + row * length;
          std::to_chars(field, field + length, first + row);
        }
      },
      threads);
  write_encoding(dataset, "string-array", "0.2.0");
}

}  // namespace

struct H5adWriter::File {
  File(const std::string& path, std::size_t row_count, std::size_t var_count,
       std::size_t thread_count)
      : atomic(path), rows(row_count), vars(var_count), threads(thread_count) {}

  AtomicFile atomic;
  Hdf5Object root;
  Hdf5Object obs;
  Hdf5Object var;
  Hdf5Object uns;
  Hdf5Object x;
  bool has_x = false;
  std::size_t rows;
  std::size_t vars;
  std::size_t threads;
  std::size_t rows_written = 0;
  std::size_t waiting_bytes = 0;  ///< of X, that nobody has told the system to bring to the disk
  std::vector<std::string> columns;
  std::vector<std::string> var_columns;

  /// Runs one step of writing; a failure of the library becomes the user's message.
  template <class Step>
  void write(const Step& step) {
    try {
      step();
    } catch (const Hdf5Failure& failure) {
      throw DeviceError(
          fmt::format("{}: {} (the file would be incomplete, so it is removed); free space on the "
                      "disk or choose "
                      "another folder",
                      atomic.path(), failure.what()));
    }
  }

  /// The name under which a new column stands; '/' and '.' would be paths to HDF5.
  std::string claim_column(const std::string& name) {
    std::string claimed = name.empty() || name == "." ? "_" : name;
    std::replace(claimed.begin(), claimed.end(), '/', '_');
    if (claimed == "_index" || std::count(columns.begin(), columns.end(), claimed) > 0) {
      throw std::logic_error("obs column " + name + " is there twice");
    }
    columns.push_back(claimed);
    return claimed;
  }

  /// The rows of a column that is there already, from the start.
  template <class T>
  FillRows<T> rows_of(const std::string& name, std::span<const T> values) const {
    if (values.size() != rows)
      throw std::logic_error("obs column " + name + " has the wrong length");
    return [values](std::size_t first, std::span<T> out) {
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(first), out.size(), out.begin());
    };
  }

  /// Writes a column as `Stored`. Blocks of it are made and checked in threads.
  template <class Stored, class T, class Check>
  Hdf5Object write_column(const Hdf5Object& parent, const std::string& name, hid_t type,
                          const FillRows<T>& fill, const Check& check) {
    const auto make = [&](std::size_t first, std::size_t count) {
      std::vector<T> block(count);
      fill(first, block);
      check(block);
      return std::vector<Stored>(block.begin(), block.end());
    };
    if (std::is_floating_point_v<T>) return write_plain<Stored>(parent, name, type, make);
    Hdf5Object dataset = create_dataset(parent, name, type, {rows}, Hdf5Storage::kCompressed);
    write_compressed(
        dataset, sizeof(Stored), rows,
        [&](std::size_t first, std::size_t count, std::span<std::byte> bytes) {
          std::memcpy(bytes.data(), make(first, count).data(), bytes.size());
        },
        threads);
    return dataset;
  }

  template <class Stored, class Make>
  Hdf5Object write_plain(const Hdf5Object& parent, const std::string& name, hid_t type,
                         const Make& make) const {
    constexpr std::size_t kBlockRows = std::size_t{1} << 16U;
    Hdf5Object dataset = create_dataset(parent, name, type, {rows}, Hdf5Storage::kContiguous);
    std::mutex writing;
    parallel_for(threads, (rows + kBlockRows - 1) / kBlockRows, [&](std::size_t block) {
      const std::size_t first = block * kBlockRows;
      const std::vector<Stored> stored = make(first, std::min(kBlockRows, rows - first));
      const std::lock_guard lock(writing);
      write_rows(dataset, type, first, {stored.size()}, stored.data());
    });
    return dataset;
  }

  /// Measured floats hardly get smaller (a fifth), and compressing them takes longer than all other columns together.
  template <class T>
  void add_column(const std::string& name, const FillRows<T>& fill) {
    const std::string column = claim_column(name);
    write([&] {
      write_encoding(
          write_column<T>(obs, column, hdf5_type<T>(), fill, [](const std::vector<T>&) {}), "array",
          "0.2.0");
    });
  }

  /// Codes in as few bytes as the categories need, as pandas has them.
  template <class T>
  Hdf5Object write_codes(const Hdf5Object& group, const std::string& column,
                         const FillRows<T>& fill, std::size_t categories) {
    const auto check = [&](const std::vector<T>& codes) {
      const bool is_outside = std::any_of(codes.begin(), codes.end(), [&](T code) {
        return code < -1 || (code >= 0 && static_cast<std::size_t>(code) >= categories);
      });
      if (is_outside)
        throw std::logic_error("obs column " + column + " has a code outside its categories");
    };
    const auto write_as = [&]<class Stored>(Stored /*type*/) {
      return write_column<Stored>(group, "codes", hdf5_type<Stored>(), fill, check);
    };
    if (categories <= std::numeric_limits<std::int8_t>::max()) return write_as(std::int8_t{});
    if (categories <= std::numeric_limits<std::int16_t>::max()) return write_as(std::int16_t{});
    return write_as(std::int32_t{});
  }

  template <class T>
  void add_categorical(const std::string& name, const FillRows<T>& codes,
                       const std::vector<std::string>& categories) {
    const std::string column = claim_column(name);
    if (std::set(categories.begin(), categories.end()).size() != categories.size()) {
      throw std::logic_error("obs column " + name + " has a category twice");
    }
    write([&] {
      const Hdf5Object group = create_encoded_group(obs, column, "categorical", "0.2.0");
      write_boolean_attribute(group, "ordered", false);
      write_encoding(write_codes(group, column, codes, categories.size()), "array", "0.2.0");
      write_encoding(write_strings(group, "categories", categories), "string-array", "0.2.0");
    });
  }

  void begin(const std::vector<std::string>& var_names, H5adContent content) {
    root = create_hdf5_file(atomic.part_path());
    write_encoding(root, "anndata", "0.1.0");
    obs = create_encoded_group(root, "obs", "dataframe", "0.2.0");
    write_attribute(obs, "_index", std::string("_index"));
    write_obs_index(obs, rows, threads);
    var = create_encoded_group(root, "var", "dataframe", "0.2.0");
    write_attribute(var, "_index", std::string("_index"));
    write_encoding(write_strings(var, "_index", var_names), "string-array", "0.2.0");
    for (const char* name : {"layers", "obsm", "obsp", "varm", "varp"}) {
      create_encoded_group(root, name, "dict", "0.1.0");
    }
    uns = create_encoded_group(root, "uns", "dict", "0.1.0");
    has_x = content == H5adContent::kValuesAndLabels;
    if (has_x) {
      x = create_dataset(root, "X", H5T_NATIVE_FLOAT, {rows, vars}, Hdf5Storage::kContiguous);
      write_encoding(x, "array", "0.2.0");
    }
  }
};

H5adWriter::H5adWriter(const std::string& path, std::size_t rows,
                       const std::vector<std::string>& var_names, H5adContent content,
                       std::size_t threads) {
  file_ = std::make_unique<File>(path, rows, var_names.size(), threads);
  file_->write([&] { file_->begin(var_names, content); });
}

H5adWriter::~H5adWriter() = default;

void H5adWriter::add_obs_categorical(const std::string& name, std::span<const std::int8_t> codes,
                                     const std::vector<std::string>& categories) {
  file_->add_categorical(name, file_->rows_of(name, codes), categories);
}

void H5adWriter::add_obs_categorical(const std::string& name, std::span<const std::int16_t> codes,
                                     const std::vector<std::string>& categories) {
  file_->add_categorical(name, file_->rows_of(name, codes), categories);
}

void H5adWriter::add_obs_categorical(const std::string& name, std::span<const std::int32_t> codes,
                                     const std::vector<std::string>& categories) {
  file_->add_categorical(name, file_->rows_of(name, codes), categories);
}

void H5adWriter::add_obs_categorical(const std::string& name, const FillRows<std::int32_t>& codes,
                                     const std::vector<std::string>& categories) {
  file_->add_categorical(name, codes, categories);
}

void H5adWriter::add_obs_integer(const std::string& name, const FillRows<std::int32_t>& values) {
  file_->add_column(name, values);
}

void H5adWriter::add_obs_integer(const std::string& name, std::span<const std::int32_t> values) {
  file_->add_column(name, file_->rows_of(name, values));
}

void H5adWriter::add_obs_integer(const std::string& name, std::span<const std::int64_t> values) {
  file_->add_column(name, file_->rows_of(name, values));
}

void H5adWriter::add_obs_float(const std::string& name, const FillRows<float>& values) {
  file_->add_column(name, values);
}

void H5adWriter::add_obs_float(const std::string& name, std::span<const float> values) {
  file_->add_column(name, file_->rows_of(name, values));
}

void H5adWriter::add_obs_bool(const std::string& name, const FillRows<std::uint8_t>& values) {
  const std::string column = file_->claim_column(name);
  const FillRows<std::int8_t> flags = [&](std::size_t first, std::span<std::int8_t> out) {
    std::vector<std::uint8_t> block(out.size());
    values(first, block);
    std::transform(block.begin(), block.end(), out.begin(),
                   [](std::uint8_t value) { return static_cast<std::int8_t>(value != 0); });
  };
  file_->write([&] {
    const Hdf5Object type = bool_type();
    write_encoding(file_->write_column<std::int8_t>(file_->obs, column, type.id(), flags,
                                                    [](const std::vector<std::int8_t>&) {}),
                   "array", "0.2.0");
  });
}

void H5adWriter::add_obs_bool(const std::string& name, std::span<const std::uint8_t> values) {
  add_obs_bool(name, file_->rows_of(name, values));
}

void H5adWriter::add_var_strings(const std::string& name, const std::vector<std::string>& values) {
  if (values.size() != file_->vars)
    throw std::logic_error("var column " + name + " has the wrong length");
  file_->write(
      [&] { write_encoding(write_strings(file_->var, name, values), "string-array", "0.2.0"); });
  file_->var_columns.push_back(name);
}

void H5adWriter::add_uns_string(const std::string& name, const std::string& value,
                                const std::string& group) {
  file_->write([&] {
    if (group.empty()) {
      write_encoding(write_string(file_->uns, name, value), "string", "0.2.0");
      return;
    }
    const Hdf5Object inner = has_member(file_->uns, group)
                                 ? open_group(file_->uns, group)
                                 : create_encoded_group(file_->uns, group, "dict", "0.1.0");
    write_encoding(write_string(inner, name, value), "string", "0.2.0");
  });
}

void H5adWriter::write_x(std::size_t first_row, std::span<const float> block) {
  const std::size_t rows = file_->vars == 0 ? 0 : block.size() / file_->vars;
  if (!file_->has_x || rows * file_->vars != block.size() || first_row > file_->rows ||
      rows > file_->rows - first_row) {
    throw std::logic_error("a block of X does not fit into X");
  }
  file_->write([&] {
    write_rows(file_->x, H5T_NATIVE_FLOAT, first_row, {rows, file_->vars}, block.data());
  });
  file_->rows_written += rows;
  file_->waiting_bytes += block.size_bytes();
  if (file_->waiting_bytes < kWriteBackBytes) return;
  file_->atomic.start_writing_back();
  file_->waiting_bytes = 0;
}

void H5adWriter::commit() {
  if (file_->has_x && file_->vars > 0 && file_->rows_written != file_->rows) {
    throw std::logic_error("X is not complete");
  }
  file_->write([&] {
    write_attribute(file_->obs, "column-order", file_->columns);
    write_attribute(file_->var, "column-order", file_->var_columns);
    for (Hdf5Object* open : {&file_->x, &file_->uns, &file_->var, &file_->obs})
      *open = Hdf5Object();
    close_hdf5_file(file_->root);
  });
  file_->atomic.commit();
}

}  // namespace gateless::io
