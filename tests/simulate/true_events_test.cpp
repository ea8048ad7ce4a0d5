// truth/events.h5ad, read back with the HDF5 library alone, against truth/abundance.csv.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host/core/layers.hpp"
#include "host/simulate/simulate.hpp"
#include "io/csv.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::simulate {
namespace {

namespace fs = std::filesystem;

template <class T>
std::vector<T> read_column(hid_t file, const char* path, hid_t type) {
  const hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
  EXPECT_GE(dataset, 0) << path;
  const hid_t space = H5Dget_space(dataset);
  std::vector<T> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
  EXPECT_GE(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0) << path;
  H5Sclose(space);
  H5Dclose(dataset);
  return values;
}

/// Strings of one fixed length, padded with NUL.
std::vector<std::string> read_fixed_strings(hid_t file, const std::string& path) {
  const hid_t dataset = H5Dopen2(file, path.c_str(), H5P_DEFAULT);
  const hid_t type = H5Dget_type(dataset);
  EXPECT_EQ(H5Tis_variable_str(type), 0);
  const std::size_t length = H5Tget_size(type);
  const hid_t space = H5Dget_space(dataset);
  const auto strings = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space));
  std::string bytes(strings * length, '\0');
  EXPECT_GE(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), 0) << path;
  H5Sclose(space);
  H5Tclose(type);
  H5Dclose(dataset);
  std::vector<std::string> words;
  for (std::size_t first = 0; first < bytes.size(); first += length) {
    words.emplace_back(bytes.substr(first, length).c_str());
  }
  return words;
}

/// A categorical column in words.
std::vector<std::string> read_words(hid_t file, const std::string& column) {
  const std::vector<std::string> words = read_fixed_strings(file, column + "/categories");
  std::vector<std::string> values;
  for (const auto code :
       read_column<std::int32_t>(file, (column + "/codes").c_str(), H5T_NATIVE_INT32)) {
    values.push_back(words.at(static_cast<std::size_t>(code)));
  }
  return values;
}

TEST(TrueEvents, LabelsAddUpToTheAbundance) {
  const TemporaryFolder of_test;
  const fs::path folder = of_test.path();
  SimulationOptions options;
  options.out = folder.string();
  options.patients = 1;
  options.controls = 1;
  options.events = 3000;
  Progress silent;
  ASSERT_EQ(simulate_trial(options, silent).events, 8U * 3000U);

  const hid_t file =
      H5Fopen((folder / "truth" / "events.h5ad").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  const std::vector<std::string> samples = read_words(file, "obs/sample");
  const std::vector<std::string> subsets = read_words(file, "obs/subset");
  const auto indices = read_column<std::int64_t>(file, "obs/event_index", H5T_NATIVE_INT64);
  H5Fclose(file);

  ASSERT_EQ(samples.size(), 8U * 3000U);
  std::map<std::string, std::map<std::string, std::uint64_t>> labelled;
  for (std::size_t event = 0; event < samples.size(); ++event) {
    EXPECT_EQ(indices[event], static_cast<std::int64_t>(event % 3000));
    ++labelled[samples[event]][subsets[event]];
  }
  const CsvTable table = read_csv((folder / "truth" / "abundance.csv").string());
  std::map<std::string, std::map<std::string, std::uint64_t>> counted;
  for (const auto& row : table.rows) {
    counted[row[*table.column("sample")]][row[*table.column("subset")]] =
        std::stoull(row[*table.column("events")]);
  }
  ASSERT_EQ(counted.size(), 8U);
  for (const auto& [sample, of] : counted) {
    SCOPED_TRACE(sample);
    std::uint64_t live = 0;
    for (const auto& [label, events] : labelled[sample]) {
      if (label != "doublet" && label != "dead" && label != "debris" && label != "margin") {
        live += events;
      }
    }
    EXPECT_EQ(live, of.at("leukocyte"));
    const std::vector<std::string> leaves =
        sample.back() == 'B' ? std::vector<std::string>{"b_asc", "b_dn1", "b_dn2"}
                             : std::vector<std::string>{"b_cell", "cd8_cm", "monocyte"};
    for (const std::string& leaf : leaves) {
      EXPECT_EQ(labelled[sample][leaf], of.at(leaf)) << leaf;
    }
    EXPECT_GT(labelled[sample]["doublet"], 20U);
    EXPECT_GT(labelled[sample]["dead"], 50U);
    EXPECT_GT(labelled[sample]["debris"], 20U);
    EXPECT_GT(labelled[sample]["margin"], 0U);
  }
}

}  // namespace
}  // namespace gateless::simulate
