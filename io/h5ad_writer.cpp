#include "io/h5ad_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <set>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/hdf5_chunks.hpp"
#include "io/hdf5_object.hpp"

namespace gateless {
namespace {

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
  constexpr std::size_t kBlockRows = 1U << 20U;
  std::vector<char> block;
  for (std::size_t first = 0; first < rows; first += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, rows - first);
    block.assign(count * length, '\0');
    for (std::size_t row = 0; row < count; ++row) {
      char* field = block.data() + row * length;
      std::to_chars(field, field + length, first + row);
    }
    write_compressed(dataset, length, first, std::as_bytes(std::span(block)), threads);
  }
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
  std::string claim_column(const std::string& name, std::size_t length) {
    if (length != rows) throw std::logic_error("obs column " + name + " has the wrong length");
    std::string claimed = name.empty() || name == "." ? "_" : name;
    std::replace(claimed.begin(), claimed.end(), '/', '_');
    if (claimed == "_index" || std::count(columns.begin(), columns.end(), claimed) > 0) {
      throw std::logic_error("obs column " + name + " is there twice");
    }
    columns.push_back(claimed);
    return claimed;
  }

  /// A compressed dataset of one value a row.
  template <class T>
  Hdf5Object write_column(const Hdf5Object& parent, const std::string& name, hid_t type,
                          std::span<const T> values) const {
    Hdf5Object dataset = create_dataset(parent, name, type, {rows}, Hdf5Storage::kCompressed);
    write_compressed(dataset, sizeof(T), 0, std::as_bytes(values), threads);
    return dataset;
  }

  template <class T>
  void add_column(const std::string& name, std::span<const T> values) {
    const std::string column = claim_column(name, values.size());
    write([&] {
      write_encoding(write_column(obs, column, hdf5_type<T>(), values), "array", "0.2.0");
    });
  }

  template <class T>
  void add_categorical(const std::string& name, std::span<const T> codes,
                       const std::vector<std::string>& categories) {
    const std::string column = claim_column(name, codes.size());
    const auto is_outside = [&](T code) {
      return code < -1 || (code >= 0 && static_cast<std::size_t>(code) >= categories.size());
    };
    if (std::any_of(codes.begin(), codes.end(), is_outside)) {
      throw std::logic_error("obs column " + name + " has a code outside its categories");
    }
    if (std::set(categories.begin(), categories.end()).size() != categories.size()) {
      throw std::logic_error("obs column " + name + " has a category twice");
    }
    write([&] {
      const Hdf5Object group = create_encoded_group(obs, column, "categorical", "0.2.0");
      write_boolean_attribute(group, "ordered", false);
      write_encoding(write_column(group, "codes", hdf5_type<T>(), codes), "array", "0.2.0");
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
  file_->add_categorical(name, codes, categories);
}

void H5adWriter::add_obs_categorical(const std::string& name, std::span<const std::int16_t> codes,
                                     const std::vector<std::string>& categories) {
  file_->add_categorical(name, codes, categories);
}

void H5adWriter::add_obs_categorical(const std::string& name, std::span<const std::int32_t> codes,
                                     const std::vector<std::string>& categories) {
  file_->add_categorical(name, codes, categories);
}

void H5adWriter::add_obs_integer(const std::string& name, std::span<const std::int32_t> values) {
  file_->add_column(name, values);
}

void H5adWriter::add_obs_integer(const std::string& name, std::span<const std::int64_t> values) {
  file_->add_column(name, values);
}

void H5adWriter::add_obs_float(const std::string& name, std::span<const float> values) {
  file_->add_column(name, values);
}

void H5adWriter::add_obs_bool(const std::string& name, std::span<const std::uint8_t> values) {
  const std::string column = file_->claim_column(name, values.size());
  std::vector<std::int8_t> flags(values.size());
  std::transform(values.begin(), values.end(), flags.begin(),
                 [](std::uint8_t value) { return static_cast<std::int8_t>(value != 0); });
  file_->write([&] {
    const Hdf5Object type = bool_type();
    write_encoding(
        file_->write_column(file_->obs, column, type.id(), std::span<const std::int8_t>(flags)),
        "array", "0.2.0");
  });
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

}  // namespace gateless
