// The gates of a real run: what gates.csv states is what anybody counts in the files.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>

#include "host/core/layers.hpp"
#include "io/csv.hpp"
#include "io/fcs_reader.hpp"
#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

class Gates : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<TemporaryFolder>();
    const Ended made =
        gateless("simulate --quiet --patients 1 --controls 1 --events-per-file 20000 --out " +
                 path("trial"));
    ASSERT_EQ(made.status, 0) << made.err;
    const Ended ended =
        gateless("run --quiet " + path("trial/study.yaml") + " --out " + path("result"));
    ASSERT_EQ(ended.status, 0) << ended.err;
    table_ = read_csv(path("result/gates.csv"));
  }
  static void TearDownTestSuite() { scratch_.reset(); }

  static std::string path(const std::string& name) { return *scratch_ / name; }
  static const std::string& cell(std::size_t row, const std::string& column) {
    return table_.rows[row][table_.column(column).value()];
  }

  static std::unique_ptr<TemporaryFolder> scratch_;
  static CsvTable table_;
};
std::unique_ptr<TemporaryFolder> Gates::scratch_;
CsvTable Gates::table_;

/// Compensated values of an event by Gaussian elimination: another way than the program's.
std::vector<std::vector<double>> compensated(const RawSample& sample) {
  std::vector<std::vector<double>> values;
  for (const std::vector<float>& channel : sample.values)
    values.emplace_back(channel.begin(), channel.end());
  const Spillover& spillover = sample.spillover.value();
  const std::size_t size = spillover.channels.size();
  std::vector<std::size_t> places;
  for (const std::string& name : spillover.channels) {
    std::size_t channel = 0;
    while (sample.channels[channel].name != name) ++channel;
    places.push_back(channel);
  }
  for (std::size_t event = 0; event < sample.events; ++event) {
    Matrix<double> rows(size, size + 1);  // spillover transposed, measured
    for (std::size_t row = 0; row < size; ++row) {
      for (std::size_t dye = 0; dye < size; ++dye)
        rows(row, dye) = spillover.coefficients(dye, row);
      rows(row, size) = values[places[row]][event];
    }
    for (std::size_t pivot = 0; pivot < size; ++pivot) {
      for (std::size_t row = 0; row < size; ++row) {
        if (row == pivot) continue;
        const double factor = rows(row, pivot) / rows(pivot, pivot);
        for (std::size_t at = pivot; at <= size; ++at) rows(row, at) -= factor * rows(pivot, at);
      }
    }
    for (std::size_t dye = 0; dye < size; ++dye)
      values[places[dye]][event] = rows(dye, size) / rows(dye, dye);
  }
  return values;
}

struct OpenFile {
  RawSample raw;
  std::vector<std::vector<double>> values;
  std::map<std::string, std::vector<bool>> inside;  ///< by gate
};

void cut(OpenFile& file, std::vector<bool>& inside, const std::string& channel,
         const std::string& low, const std::string& high) {
  if (channel.empty()) return;
  std::size_t at = 0;
  while (file.raw.channels.at(at).name != channel) ++at;
  for (std::size_t event = 0; event < inside.size(); ++event) {
    const double value = file.values[at][event];
    if (!low.empty() && value < parse_number(low).value()) inside[event] = false;
    if (!high.empty() && value >= parse_number(high).value()) inside[event] = false;
  }
}

TEST_F(Gates, CountsAreThoseOfTheFiles) {
  std::map<std::string, OpenFile> files;
  ASSERT_GT(table_.rows.size(), 50U);
  for (std::size_t row = 0; row < table_.rows.size(); ++row) {
    OpenFile& file = files[cell(row, "sample")];
    if (file.values.empty()) {
      file.raw = read_fcs(path("trial/fcs/" + cell(row, "sample") + ".fcs"));
      file.values = compensated(file.raw);
    }
    const std::string& above = cell(row, "parent_path");
    const std::string parent = above.substr(above.find_last_of('/') + 1);
    std::vector<bool> inside =
        above.empty() ? std::vector<bool>(file.raw.events, true) : file.inside.at(parent);
    for (const std::string side : {"x", "y"})
      cut(file, inside, cell(row, side + "_channel"), cell(row, side + "_low"),
          cell(row, side + "_high"));
    EXPECT_EQ(std::to_string(std::count(inside.begin(), inside.end(), true)), cell(row, "events"))
        << cell(row, "sample") << " " << cell(row, "gate");
    file.inside[cell(row, "gate")] = inside;
  }
}

TEST_F(Gates, HoldTheCellsThatTheTrialIsAbout) {
  for (const std::string gate : {"b_dn", "b_swm", "treg", "b_asc"}) {
    double both = 0.0, inside = 0.0, labelled = 0.0;
    for (std::size_t row = 0; row < table_.rows.size(); ++row) {
      if (cell(row, "gate") != gate) continue;
      both += parse_number(cell(row, "labelled_inside")).value();
      inside += parse_number(cell(row, "events")).value();
      labelled += parse_number(cell(row, "labelled")).value();
    }
    EXPECT_GE(2.0 * both / (inside + labelled), 0.85) << gate;
  }
}

TEST_F(Gates, FilesAreTheSameForAnyThreads) {
  const Ended again =
      gateless("run --quiet --threads 3 " + path("trial/study.yaml") + " --out " + path("again"));
  ASSERT_EQ(again.status, 0) << again.err;
  for (const char* file : {"gates.csv", "gates/B.gating.xml", "gates/B.wsp", "gates/T.gating.xml",
                           "gates/T.wsp", "report.json"}) {
    EXPECT_GT(std::filesystem::file_size(path("result/") + file), 100U) << file;
    EXPECT_TRUE(read_text(path("result/") + file) == read_text(path("again/") + file)) << file;
  }
}

TEST_F(Gates, CanBeLeftOut) {
  const Ended ended =
      gateless("map --quiet --no-gates " + path("result/model.h5") + " " +
               path("trial/fcs/" + cell(0, "sample") + ".fcs") + " --out " + path("without"));
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(path("without/gates")));
  EXPECT_FALSE(std::filesystem::exists(path("without/gates.csv")));
}

TEST_F(Gates, FlowKitCountsTheSame) {
  const Ended ended = run_shell(python() + " " GATELESS_SOURCE_DIR "/tests/python/gates_check.py " +
                                path("result") + " " + path("trial"));
  if (ended.status == 77) GTEST_SKIP() << ended.out;
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
}

}  // namespace
}  // namespace gateless::cli
