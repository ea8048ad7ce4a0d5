// .h5ad event tables as others write them: dense and sparse, old and new, damaged and lying.
#include "io/h5ad_reader.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "host/core/error.hpp"
#include "host/core/parallel.hpp"
#include "io/event_file.hpp"
#include "io/h5ad_writer.hpp"
#include "io/hdf5_object.hpp"
#include "tests/sanitized.hpp"

namespace gateless::io {
namespace {

using Numbers = std::vector<float>;

std::string fresh_path(const std::string& name) {
  const auto path = std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove(path);
  return path.string();
}

/// A file with `names` as var index and nothing else yet.
Hdf5Object begin_file(const std::string& path, const std::vector<std::string>& names) {
  Hdf5Object file = create_hdf5_file(path);
  const Hdf5Object var = create_group(file, "var");
  write_attribute(var, "_index", std::string("marker"));
  write_strings(var, "marker", names);
  return file;
}

void write_sparse(const Hdf5Object& file, const std::string& encoding,
                  const std::vector<std::int64_t>& shape, const std::vector<std::int32_t>& starts,
                  const std::vector<std::int32_t>& indices, const std::vector<double>& stored) {
  const Hdf5Object x = create_group(file, "X");
  write_attribute(x, "encoding-type", encoding);
  const hsize_t two = 2;
  const Hdf5Object space(H5Screate_simple(1, &two, nullptr), "space");
  const Hdf5Object attribute(
      H5Acreate2(x.id(), "shape", H5T_STD_I64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT), "shape");
  ASSERT_GE(H5Awrite(attribute.id(), H5T_NATIVE_INT64, shape.data()), 0);
  write_values(x, "indptr", {starts.size()}, std::span<const std::int32_t>(starts));
  write_values(x, "indices", {indices.size()}, std::span<const std::int32_t>(indices));
  write_values(x, "data", {stored.size()}, std::span<const double>(stored));
}

std::string message_of(const std::string& path) {
  try {
    (void)read_h5ad(path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(H5adReader, AFilterThatIsNotHereIsCalledByItsName) {
  const std::string path = fresh_path("lzf.h5ad");
  {
    const Hdf5Object file = begin_file(path, {"A"});
    const hsize_t shape[2] = {4, 1};
    const Hdf5Object space(H5Screate_simple(2, shape, nullptr), "space");
    const Hdf5Object properties(H5Pcreate(H5P_DATASET_CREATE), "properties");
    ASSERT_GE(H5Pset_chunk(properties.id(), 2, shape), 0);
    constexpr H5Z_filter_t kLzf = 32000;  // h5py's own
    ASSERT_GE(H5Pset_filter(properties.id(), kLzf, H5Z_FLAG_OPTIONAL, 0, nullptr), 0);
    const Hdf5Object x(H5Dcreate2(file.id(), "X", H5T_NATIVE_FLOAT, space.id(), H5P_DEFAULT,
                                  properties.id(), H5P_DEFAULT),
                       "X");
    const Numbers values{1.0F, 2.0F, 3.0F, 4.0F};
    ASSERT_GE(H5Dwrite(x.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  }
  EXPECT_NE(message_of(path).find("X is compressed with lzf"), std::string::npos)
      << message_of(path);
}

TEST(H5adReader, SeveralThreadsMayRead) {
#ifdef GATELESS_ADDRESS_SANITIZER
  GTEST_SKIP() << "a child of a process with threads waits for a lock of AddressSanitizer's own "
                  "allocator (GCC 12)";
#endif
  const std::string path = fresh_path("shared.h5ad");
  constexpr std::size_t kEvents = 5000;
  Numbers block(kEvents * 2);
  for (std::size_t i = 0; i < block.size(); ++i) block[i] = static_cast<float>(i);
  H5adWriter writer(path, kEvents, {"A", "B"});
  writer.write_x(0, block);
  writer.commit();
  std::vector<RawSample> read(12);
  parallel_for(4, read.size(), [&](std::size_t file) { read[file] = read_h5ad(path); });
  for (const RawSample& sample : read) {
    ASSERT_EQ(sample.events, kEvents);
    EXPECT_EQ(sample.values[1].back(), static_cast<float>(2 * kEvents - 1));
  }
}

TEST(H5adReader, DenseDoublesBecomeColumns) {
  const std::string path = fresh_path("doubles.h5ad");
  {
    const Hdf5Object file = begin_file(path, {"CD4", "CD8"});
    const std::vector<double> x = {1.5, 2.5, 3.5, 4.5, 5.5, 6.5};
    write_values(file, "X", {3, 2}, std::span<const double>(x), Hdf5Storage::kCompressed);
  }
  const RawSample sample = read_h5ad(path);
  EXPECT_EQ(sample.version, "h5ad");
  EXPECT_EQ(sample.channels[1].name, "CD8");
  EXPECT_EQ(sample.values[0], (Numbers{1.5F, 3.5F, 5.5F}));
  EXPECT_EQ(sample.values[1], (Numbers{2.5F, 4.5F, 6.5F}));
}

TEST(H5adReader, AUserBlockIsSkipped) {
  const std::string plain = fresh_path("plain.h5ad"), behind = fresh_path("user_block.h5ad");
  const std::vector<double> values = {1.5, 2.5, 3.5, 4.5};
  write_values(begin_file(plain, {"CD4", "CD8"}), "X", {2, 2}, std::span<const double>(values));
  {
    std::ifstream from(plain, std::ios::binary);
    std::ofstream to(behind, std::ios::binary);
    to << std::string(1024, 'u') << from.rdbuf();
  }
  EXPECT_EQ(event_format(behind), EventFormat::kHdf5);
  const RawSample sample = read_h5ad(behind);
  EXPECT_EQ(sample.values[0], (Numbers{1.5F, 3.5F}));
  EXPECT_EQ(sample.values[1], (Numbers{2.5F, 4.5F}));
}

TEST(H5adReader, DetectorsStainsAndMatrixAreFoundWhereOtherProgramsKeepThem) {
  const std::string path = fresh_path("kept.h5ad");
  {
    const Hdf5Object file = create_hdf5_file(path);
    const Hdf5Object var = create_group(file, "var");
    write_attribute(var, "_index", std::string("_index"));
    write_strings(var, "_index", {"FSC-A", "CD4", "CD8"});
    write_strings(var, "channel", {"FSC-A", "FITC-A", "PE-A"});
    write_strings(var, "marker", {"", "CD4", "CD8"});
    write_strings(var, "PnR", {"262144", "1024", "NA"});
    const std::vector<double> x = {1, 2, 3};
    write_values(file, "X", {1, 3}, std::span<const double>(x));
    const Hdf5Object meta = create_group(create_group(file, "uns"), "meta");
    write_strings(meta, "spillover", {"2,FITC-A,PE-A,1,0.3,0.2,1"});
  }
  const RawSample sample = read_h5ad(path);
  EXPECT_EQ(sample.channels[1].name, "FITC-A");
  EXPECT_EQ(sample.channels[1].stain, "CD4");
  EXPECT_EQ(sample.channels[0].stain, "");
  EXPECT_EQ(sample.channels[1].range, 1024.0);
  ASSERT_TRUE(sample.spillover);
  EXPECT_EQ(sample.spillover->channels, (std::vector<std::string>{"FITC-A", "PE-A"}));
  EXPECT_EQ(sample.spillover->coefficients(0, 1), 0.3);
}

TEST(H5adReader, StainsAreFoundUnderTheNamesOfOtherPrograms) {
  for (const char* column : {"pns", "PnS", "antigen", "marker_name", "desc", "feature_name"}) {
    const std::string path = fresh_path("named.h5ad");
    {
      const Hdf5Object file = create_hdf5_file(path);
      const Hdf5Object var = create_group(file, "var");
      write_attribute(var, "_index", std::string("_index"));
      write_strings(var, "_index", {"FSC-A", "FITC-A"});
      write_strings(var, column, {"", "CD4"});
      const std::vector<double> x = {1, 2};
      write_values(file, "X", {1, 2}, std::span<const double>(x));
    }
    const RawSample sample = read_h5ad(path);
    EXPECT_EQ(sample.channels[0].stain, "") << column;
    EXPECT_EQ(sample.channels[1].name, "FITC-A") << column;
    EXPECT_EQ(sample.channels[1].stain, "CD4") << column;
    EXPECT_TRUE(sample.warnings.empty()) << column;
  }
}

TEST(H5adReader, EventsOfSeveralSamplesAreTold) {
  const auto warnings = [&](const std::vector<std::string>& samples) {
    const std::string fresh = fresh_path("several.h5ad");
    {
      const Hdf5Object file = begin_file(fresh, {"CD4"});
      write_strings(create_group(file, "obs"), "sample_id", samples);
      const std::vector<double> x = {1, 2};
      write_values(file, "X", {2, 1}, std::span<const double>(x));
    }
    return read_h5ad(fresh).warnings;
  };
  ASSERT_EQ(warnings({"a", "b"}).size(), 1U);
  EXPECT_TRUE(
      warnings({"a", "b"})[0].starts_with("The events are of 2 samples by the column "
                                          "'sample_id' of obs"));
  EXPECT_TRUE(warnings({"a", "a"}).empty());
}

TEST(H5adReader, SparseRowsAndColumnsAreTheSameTable) {
  // 0 7
  // 5 0
  // 0 6
  const std::string rows = fresh_path("csr.h5ad");
  write_sparse(begin_file(rows, {"a", "b"}), "csr_matrix", {3, 2}, {0, 1, 2, 3}, {1, 0, 1},
               {7, 5, 6});
  const std::string columns = fresh_path("csc.h5ad");
  write_sparse(begin_file(columns, {"a", "b"}), "csc_matrix", {3, 2}, {0, 1, 3}, {1, 0, 2},
               {5, 7, 6});
  for (const std::string& path : {rows, columns}) {
    const RawSample sample = read_h5ad(path);
    EXPECT_EQ(sample.events, 3U);
    EXPECT_EQ(sample.values[0], (Numbers{0.0F, 5.0F, 0.0F}));
    EXPECT_EQ(sample.values[1], (Numbers{7.0F, 0.0F, 6.0F}));
  }
}

TEST(H5adReader, SparsePartsThatContradictEachOtherAreRefused) {
  const std::string path = fresh_path("contradicting.h5ad");
  write_sparse(begin_file(path, {"a", "b"}), "csr_matrix", {3, 2}, {0, 1, 2, 3}, {1, 0, 2},
               {7, 5, 6});
  EXPECT_NE(message_of(path).find("outside"), std::string::npos);
  write_sparse(begin_file(path, {"a", "b"}), "csr_matrix", {3, 2}, {0, 2, 1, 3}, {1, 0, 1},
               {7, 5, 6});
  EXPECT_NE(message_of(path).find("contradict"), std::string::npos);
  write_sparse(begin_file(path, {"a", "b"}), "csr_matrix", {4'000'000'000, 2}, {0, 1}, {0}, {7});
  EXPECT_NE(message_of(path).find("contradict"), std::string::npos);
  write_sparse(begin_file(path, {"a", "b"}), "coo", {3, 2}, {0}, {}, {});
  EXPECT_NE(message_of(path).find("coo"), std::string::npos);
}

TEST(H5adReader, ADeclaredSizeWithoutBytesIsRefusedBeforeMemoryIsTaken) {
  for (const Hdf5Storage storage : {Hdf5Storage::kContiguous, Hdf5Storage::kCompressed}) {
    const std::string path = fresh_path("lying.h5ad");
    {
      const Hdf5Object file = begin_file(path, {"a", "b"});
      (void)create_dataset(file, "X", H5T_NATIVE_FLOAT, {1'000'000'000'000, 2}, storage);
    }
    EXPECT_NE(message_of(path).find("more values than"), std::string::npos) << message_of(path);
  }
}

TEST(H5adReader, WhatIsNotAnEventTableSaysWhy) {
  const std::string path = fresh_path("no_table.h5ad");
  (void)begin_file(path, {"a"});
  EXPECT_NE(message_of(path).find("X is missing"), std::string::npos);
  const std::vector<float> x = {1, 2};
  write_values(begin_file(path, {"a"}), "X", {1, 2}, std::span<const float>(x));
  EXPECT_NE(message_of(path).find("2 columns but var has 1 names"), std::string::npos);
  write_values(begin_file(path, {"a", "b"}), "X", {2}, std::span<const float>(x));
  EXPECT_NE(message_of(path).find("not a table"), std::string::npos);
  write_strings(begin_file(path, {"a", "b"}), "X", {"one", "two"});
  EXPECT_NE(message_of(path).find("not a table"), std::string::npos);
  std::ofstream(path) << "CD3,CD19\n1,2\n";
  EXPECT_NE(message_of(path).find(path + ": is not a readable HDF5 file"), std::string::npos);
}

TEST(H5adReader, DamagedFilesEndInAResultOrAnInputError) {
  const std::string path = fresh_path("whole.h5ad");
  {
    H5adWriter writer(path, 4, {"CD3", "CD19"});
    writer.add_obs_categorical("sample", std::vector<std::int8_t>{0, 0, 1, 1}, {"a", "b"});
    writer.write_x(0, std::vector<float>(8, 1.0F));
    writer.commit();
  }
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const std::string damaged = fresh_path("damaged.h5ad");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 64) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    std::ofstream(damaged, std::ios::binary) << changed;
    try {
      (void)read_h5ad(damaged);
      (void)read_obs_strings(damaged, "sample");
    } catch (const InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0U);
  std::ofstream(damaged, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  EXPECT_THROW((void)read_h5ad(damaged), InputError);
}

}  // namespace
}  // namespace gateless::io
