// A small trial: reproducible, its truth agrees with itself, and the designed changes are in it.
#include "host/simulate/simulate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/simulate/course.hpp"
#include "host/simulate/trial.hpp"
#include "io/csv.hpp"
#include "io/event_file.hpp"
#include "io/study_file.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::simulate {
namespace {

namespace fs = std::filesystem;

/// A folder of its own that goes when the test ends.
class SimulateTest : public ::testing::Test {
 protected:
  [[nodiscard]] SimulationOptions small(const std::string& name, std::size_t events = 2000) const {
    SimulationOptions options;
    options.out = folder_ / name;
    options.events = events;
    return options;
  }

  TemporaryFolder folder_;
};

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Relative path -> bytes.
std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files[fs::relative(entry.path(), folder).string()] = bytes_of(entry.path());
    }
  }
  return files;
}

SimulationSummary simulate(const SimulationOptions& options) {
  Progress silent;
  return simulate_trial(options, silent);
}

TEST_F(SimulateTest, SameSeedGivesTheSameBytesForAnyNumberOfThreads) {
  SimulationOptions options = small("one");
  options.patients = 2;
  options.controls = 1;
  simulate(options);
  const auto one = files_in(options.out);
  options.out = folder_ / "three";
  options.threads = 3;
  simulate(options);
  EXPECT_EQ(one.size(), 14U + 5U);
  EXPECT_EQ(one, files_in(options.out));
}

TEST_F(SimulateTest, AnotherSeedGivesAnotherTrial) {
  SimulationOptions options = small("one");
  options.patients = 1;
  options.controls = 0;
  simulate(options);
  const auto one = files_in(options.out);
  options.out = folder_ / "two";
  options.seed = 2;
  simulate(options);
  const auto two = files_in(options.out);
  ASSERT_EQ(one.size(), two.size());
  for (const auto& [name, bytes] : one) EXPECT_NE(bytes, two.at(name)) << name;
}

TEST_F(SimulateTest, FewerPanelsAndPatientsAreTheSameFilesOnlyFewer) {
  SimulationOptions options = small("all", 500);
  options.patients = 3;
  options.controls = 2;
  simulate(options);
  options.out = folder_ / "few";
  options.panels = {"T"};
  options.patients = 2;
  options.controls = 1;
  EXPECT_EQ(simulate(options).files, 7U);
  std::size_t compared = 0;
  for (const auto& entry : fs::directory_iterator(folder_ / "few/fcs")) {
    EXPECT_EQ(bytes_of(entry.path()),
              bytes_of(fs::path(folder_ / "all/fcs") / entry.path().filename()));
    ++compared;
  }
  EXPECT_EQ(compared, 7U);
}

TEST_F(SimulateTest, TheStudyFileAndEveryEventFileCanBeRead) {
  SimulationOptions options = small("trial");
  options.patients = 2;
  options.controls = 1;
  const SimulationSummary summary = simulate(options);
  const Study study = read_study(summary.study_path);
  ASSERT_EQ(study.samples.size(), 14U);
  EXPECT_EQ(study.compare.activity, "sledai");
  EXPECT_EQ(study.compare.at, (std::vector<std::string>{"week 4", "week 24"}));
  for (const Sample& sample : study.samples) {
    const RawSample raw = read_event_file(sample.path);
    EXPECT_EQ(raw.events, 2000U);
    EXPECT_TRUE(raw.warnings.empty()) << raw.warnings.front();
    ASSERT_TRUE(raw.spillover.has_value());
    EXPECT_EQ(raw.spillover->channels.size(), sample.panel == "B" ? 17U : 20U);
    EXPECT_EQ(raw.channels.size(), raw.spillover->channels.size() + 6);
    const std::vector<float>& time = raw.values.back();
    EXPECT_TRUE(std::is_sorted(time.begin(), time.end()));
  }
}

TEST_F(SimulateTest, EventsWithoutATruthOfTheirOwnAreInNoCount) {
  SimulationOptions options = small("trial", 4000);
  options.patients = 1;
  options.controls = 0;
  options.panels = {"B"};
  simulate(options);
  const CsvTable abundance = read_csv(options.out + "/truth/abundance.csv");
  const std::size_t subset = *abundance.column("subset"), events = *abundance.column("events");
  const std::size_t sample = *abundance.column("sample");
  std::map<std::string, std::map<std::string, double>> counts;  // sample -> subset -> events
  for (const auto& row : abundance.rows) {
    counts[row[sample]][row[subset]] = *parse_number(row[events]);
  }
  ASSERT_EQ(counts.size(), 3U);
  for (const auto& [name, of] : counts) {
    // 4 to 9 % are doublets, dead, debris or at the margin, more or less.
    EXPECT_LT(of.at("leukocyte"), 4000 * 0.94);
    EXPECT_GT(of.at("leukocyte"), 4000 * 0.80);
    EXPECT_EQ(of.at("leukocyte"), of.at("t_cell") + of.at("b_cell") + of.at("nk_cell") +
                                      of.at("monocyte") + of.at("dendritic") + of.at("basophil") +
                                      of.at("granulocyte"));
    EXPECT_EQ(of.at("b_cell"), of.at("b_asc") + of.at("b_mature_nonasc"));
    EXPECT_EQ(of.at("b_mature_nonasc"),
              of.at("b_igd_naive_gate") + of.at("b_usm") + of.at("b_swm") + of.at("b_dn"));
    EXPECT_EQ(of.at("b_dn"), of.at("b_dn1") + of.at("b_dn2") + of.at("b_dn3"));
    EXPECT_EQ(of.count("treg"), 0U) << "the B-cell panel cannot tell it";
  }
}

TEST(Truth, LabelIsTheDeepestSubsetThatThePanelTells) {
  Acquired acquired;
  acquired.types = {0, 0, 1};
  acquired.fates = {Fate::kLive, Fate::kDead, Fate::kLive};
  TrueFile file;
  file.panel = "B";
  count_truth(acquired, file);
  const std::vector<std::string> names = label_names();
  EXPECT_EQ(file.live_of_type[0], 1U);
  EXPECT_EQ(file.live_of_type[1], 1U);
  EXPECT_EQ(names[file.labels[0]], "b_asc");
  EXPECT_EQ(names[file.labels[1]], "dead");
  EXPECT_EQ(names[file.labels[2]], "b_trans");
  file.panel = "T";
  count_truth(acquired, file);
  EXPECT_EQ(names[file.labels[0]], "b_cell") << "the T-cell panel knows no parts of B cells";
}

TEST_F(SimulateTest, WrongOptionsSayWhatToDo) {
  SimulationOptions options = small("trial");
  options.panels = {"X"};
  EXPECT_THROW(simulate(options), UsageError);
  options.panels = {"B", "B"};
  EXPECT_THROW(simulate(options), UsageError);
  options.panels = {"B"};
  options.patients = 0;
  EXPECT_THROW(simulate(options), UsageError);
  options.patients = 1;
  options.out = "/dev/null/trial";
  EXPECT_THROW(simulate(options), InputError);
}

}  // namespace
}  // namespace gateless::simulate
