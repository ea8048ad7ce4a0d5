// Real files, among them the oddest that could be found: each is read or ends in an InputError, and where a truth
// is known it agrees.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "host/core/error.hpp"
#include "io/event_file.hpp"
#include "io/fcs_reader.hpp"
#include "io/inspect.hpp"

namespace gateless::io {
namespace {

namespace fs = std::filesystem;

class FcsData : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* given = std::getenv("GATELESS_DATA");
    folder_ = given != nullptr ? fs::path(given) : fs::path(GATELESS_SOURCE_DIR) / "../shared/data";
    if (!fs::is_directory(folder_)) GTEST_SKIP() << "real data are not at " << folder_;
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  /// All files below `name` that look like FCS by name.
  [[nodiscard]] std::vector<std::string> fcs_files(const std::string& name) const {
    const std::set<std::string> endings{".fcs", ".lmd", ".B08", ".E07", ".F06", ".H09",
                                        ".023", ".001", ".002", ".003", ".004", ".005"};
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / name)) {
      if (endings.contains(entry.path().extension().string()))
        files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

 private:
  fs::path folder_;
};

/// A NumPy array of doubles, row by row.
std::vector<double> numpy_doubles(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 10> head{};
  file.read(head.data(), head.size());
  const auto header_bytes =
      static_cast<unsigned char>(head[8]) + 256 * static_cast<unsigned char>(head[9]);
  std::string header(static_cast<std::size_t>(header_bytes), '\0');
  file.read(header.data(), header_bytes);
  EXPECT_NE(header.find("'<f8'"), std::string::npos);
  std::vector<double> values;
  double value = 0.0;
  while (file.read(reinterpret_cast<char*>(&value), sizeof value)) values.push_back(value);
  return values;
}

/// The rows of a description that read "(1.0, 2.0)".
std::vector<std::vector<double>> described_events(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<double>> events;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("(") ||
        line.find_first_not_of("(0123456789.,-) \r") != std::string::npos) {
      continue;
    }
    std::replace_if(
        line.begin(), line.end(),
        [](char letter) { return std::strchr("(),\r", letter) != nullptr; }, ' ');
    std::istringstream numbers(line);
    events.emplace_back(std::istream_iterator<double>(numbers), std::istream_iterator<double>());
  }
  return events;
}

void expect_values(const RawSample& sample, const std::vector<std::vector<double>>& events,
                   double tolerance) {
  ASSERT_EQ(sample.events, events.size());
  for (std::size_t event = 0; event < events.size(); ++event) {
    ASSERT_EQ(sample.channels.size(), events[event].size());
    for (std::size_t channel = 0; channel < events[event].size(); ++channel) {
      EXPECT_NEAR(static_cast<double>(sample.values[channel][event]), events[event][channel],
                  tolerance)
          << "event " << event << " channel " << channel;
    }
  }
}

TEST_F(FcsData, EveryOddFileIsReadOrRejectedAsItShould) {
  const std::map<std::string, std::string> rejected{
      {"invalid-bad_data_set_type.fcs", "$MODE is 'U'"},
      {"cytek-nl-2000__sample_header.fcs", "byte 3931: DATA should begin at byte 5912"},
      {"corrupted__corrupted.fcs", ":2: no row follows the header"},
      {"wrongFile.fcs", ":2: no row follows the header"},
      {"10.fcs", "Git LFS pointer"},
      {"sample_01.fcs", "Git LFS pointer"},
      {"AriaFile1.fcs", "byte 293161: the file ends inside DATA"}};
  std::size_t read = 0;
  for (const std::string& file : fcs_files("fcs_odd")) {
    SCOPED_TRACE(file);
    const FileSummary summary = inspect_file(file);
    const auto expected = rejected.find(fs::path(file).filename().string());
    try {
      const RawSample sample = read_event_file(file);
      ++read;
      EXPECT_TRUE(expected == rejected.end());
      EXPECT_TRUE(summary.readable);
      EXPECT_EQ(summary.events, sample.events);
      EXPECT_GT(sample.events, 0U);
    } catch (const InputError& error) {
      EXPECT_FALSE(summary.readable);
      ASSERT_TRUE(expected != rejected.end()) << error.what();
      EXPECT_NE(std::string(error.what()).find(expected->second), std::string::npos)
          << error.what();
    }
  }
  EXPECT_GT(read, 90U);
}

TEST_F(FcsData, EveryBenchmarkFileIsReadWithoutDoubt) {
  for (const char* set :
       {"bcrxl_bodenmiller", "nilsson_rare", "flowsom_68983", "huimmprofiling_s1",
        "gatemeclass_flow", "flowai_bcells", "sdy420_sdy736_metacyto", "helios_raw_mdipa"}) {
    const std::vector<std::string> files = fcs_files(set);
    EXPECT_FALSE(files.empty()) << set;
    for (const std::string& file : files) {
      const RawSample sample = read_event_file(file);
      EXPECT_GT(sample.events, 0U) << file;
      for (const std::string& warning : sample.warnings) {
        EXPECT_NE(warning.find("SPILL"), std::string::npos) << file << ": " << warning;
      }
    }
  }
}

TEST_F(FcsData, EventCountsAndSpilloverOfKnownFilesAgree) {
  EXPECT_EQ(read_fcs(path("nilsson_rare/Nilsson_rare.fcs")).events, 44140U);
  std::size_t events = 0;
  for (const std::string& file : fcs_files("bcrxl_bodenmiller")) events += read_fcs(file).events;
  EXPECT_EQ(events, 172791U);
  const RawSample spleen = read_fcs(fcs_files("flowsom_68983").front());
  EXPECT_EQ(spleen.events, 19225U);
  EXPECT_EQ(spleen.channels.size(), 18U);
  ASSERT_TRUE(spleen.spillover);
  EXPECT_EQ(spleen.spillover->coefficients.rows(), 11U);
}

TEST_F(FcsData, TheReferenceSuitesDescriptionsAgree) {
  std::size_t compared = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path("fcs_odd/facejava_isac"))) {
    const std::string description = entry.path().string();
    const std::size_t ending = description.rfind("-desc.txt");
    if (ending == std::string::npos) continue;
    const std::string fcs = description.substr(0, ending) + ".fcs";
    const auto events = described_events(description);
    if (events.empty() || !fs::exists(fcs) || description.find("_ds_") != std::string::npos ||
        description.find("scale_conversion") != std::string::npos) {
      continue;
    }
    SCOPED_TRACE(fcs);
    const RawSample sample = read_fcs(fcs);
    if (fcs.find("double-649.5_20") != std::string::npos) {  // its description has the wrong sign
      EXPECT_EQ(sample.values[0][0], 649.5F);
    } else {
      expect_values(sample, events, 0.006);  // some are described "to two decimal places"
    }
    ++compared;
  }
  EXPECT_GT(compared, 20U);
}

TEST_F(FcsData, ScaleConversionIsAsTheReferenceSuiteDescribes) {
  const RawSample sample = read_fcs(path("fcs_odd/facejava_isac/fcsdata/int-scale_conversion.fcs"));
  expect_values(sample, {{25.6, 10.0}, {51.2, 100.0}, {76.8, 1000.0}}, 1e-4);
}

TEST_F(FcsData, EveryDataSetOfAFileIsReached) {
  const std::string four =
      path("fcs_odd/facejava_isac/faceflow/fcs/int-4_ds_2_events_2_parameters.fcs");
  for (std::size_t set = 0; set < 4; ++set) {
    const double first = 170.0 + 40.0 * static_cast<double>(set);
    expect_values(read_fcs(four, {.data_set = set}),
                  {{first, first + 10}, {first + 20, first + 30}}, 0.0);
  }
  const RawSample second = read_fcs(path("fcs_odd/fcm/coulter.lmd"), {.data_set = 1});
  EXPECT_EQ(second.version, "FCS3.0");
  EXPECT_EQ(second.events, 18110U);
}

TEST_F(FcsData, PublishedEventTablesAgree) {
  const auto compare = [&](const std::string& fcs, const std::string& truth) {
    const RawSample sample = read_fcs(path(fcs));
    const std::vector<double> expected = numpy_doubles(path(truth));
    const std::size_t channels = sample.channels.size();
    ASSERT_EQ(expected.size(), sample.events * channels);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      if (sample.channels[channel].name == "Time") continue;  // the truth is scaled by $TIMESTEP
      for (std::size_t event = 0; event < sample.events; ++event) {
        const double value = expected[event * channels + channel];
        ASSERT_NEAR(static_cast<double>(sample.values[channel][event]), value,
                    std::fabs(value) * 1e-6 + 1e-9)
            << sample.channels[channel].name << " event " << event;
      }
    }
  };
  compare("fcs_odd/flowio/fcs_files__data1.fcs", "fcs_odd/flowio/truth__data1_preprocessed.npy");
  compare("fcs_odd/flowio/fcs_files__B01 KC-A-W---91-US.fcs",
          "fcs_odd/flowio/truth__B01 KC-A-W---91-US_preprocessed_events.npy");
}

TEST_F(FcsData, TablesOfEventsAreRead) {
  const RawSample sample = read_event_file(path("flowcap1_gvhd/sample1.csv"));
  EXPECT_EQ(sample.events, 13831U);
  EXPECT_EQ(sample.channels.front().name, "FSC.H");
  EXPECT_EQ(read_event_file(path("cytometree/IMdata.csv")).channels.size(), 39U);
}

}  // namespace
}  // namespace gateless::io
