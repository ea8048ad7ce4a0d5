// What other programs open: labelled FCS files, AnnData, MultiQC, and files that `convert` writes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>

#include "host/core/layers.hpp"
#include "host/core/shown_scale.hpp"
#include "host/core/transform_value.hpp"
#include "io/csv.hpp"
#include "io/fcs_reader.hpp"
#include "io/h5ad_reader.hpp"
#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

class FilesForOthers : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<TemporaryFolder>();
    const Ended made = gateless(
        "simulate --quiet --patients 2 --controls 1 --events-per-file 3000 --out " + path("trial"));
    ASSERT_EQ(made.status, 0) << made.err;
    const Ended ended = gateless("run --quiet --fcs --events panels " + path("trial/study.yaml") +
                                 " --out " + path("result"));
    ASSERT_EQ(ended.status, 0) << ended.err;
  }
  static void TearDownTestSuite() { scratch_.reset(); }
  static std::string path(const std::string& name) { return *scratch_ / name; }

  /// Rows of a table as column -> field.
  static std::vector<std::map<std::string, std::string>> rows(const std::string& file) {
    const CsvTable table = read_csv(path(file));
    std::vector<std::map<std::string, std::string>> rows;
    for (const auto& fields : table.rows) {
      auto& row = rows.emplace_back();
      for (std::size_t column = 0; column < table.header.size(); ++column)
        row[table.header[column]] = fields[column];
    }
    return rows;
  }
  static std::vector<std::string> inputs() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(path("trial/fcs")))
      files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
  }

  static std::unique_ptr<TemporaryFolder> scratch_;
};
std::unique_ptr<TemporaryFolder> FilesForOthers::scratch_;

TEST_F(FilesForOthers, LabelledFcsKeepsTheFileAndCountsAsAbundanceDoes) {
  std::map<std::string, std::map<std::string, double>> events;  // sample -> subset -> events
  std::map<std::string, std::string> parents;
  for (const auto& row : rows("result/abundance.csv")) {
    if (row.at("subset") == "unassigned")
      continue;  // what no lineage expects, not what has no label
    if (!row.at("labelled_events").empty())
      events[row.at("sample")][row.at("subset")] = std::stod(row.at("labelled_events"));
    parents[row.at("subset")] = row.at("parent");
  }
  std::map<std::size_t, std::string> names;
  for (const auto& row : rows("result/fcs/key.csv")) {
    if (row.at("channel") == "gateless_subset") names[std::stoul(row.at("number"))] = row.at("id");
  }
  EXPECT_EQ(names.at(0), "dropped");
  EXPECT_EQ(names.at(1), "unassigned");
  std::size_t compared = 0;
  for (const std::string& input : inputs()) {
    const std::string sample = std::filesystem::path(input).stem().string();
    const RawSample own = read_fcs(input);
    const RawSample labelled = read_fcs(path("result/fcs/" + sample + ".fcs"));
    ASSERT_EQ(labelled.channels.size(), own.channels.size() + 4);
    for (std::size_t channel = 0; channel < own.channels.size(); ++channel) {
      EXPECT_EQ(labelled.channels[channel].name, own.channels[channel].name);
      EXPECT_EQ(labelled.values[channel], own.values[channel]);
    }
    EXPECT_EQ(labelled.spillover.has_value(), own.spillover.has_value());
    std::map<std::string, double> counted;  // with those of the children
    for (const float number : labelled.values[own.channels.size() + 2]) {
      std::string subset = names.at(static_cast<std::size_t>(number));
      while (!subset.empty()) {
        counted[subset] += 1.0;
        subset = parents[subset];
      }
    }
    for (const auto& [number, subset] : names) {
      if (!events[sample].contains(subset)) continue;
      EXPECT_EQ(counted[subset], events[sample][subset]) << sample << " " << subset;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100U);
}

TEST_F(FilesForOthers, LabelledFcsIsNotClusteredOnItsLabels) {
  const std::string file = std::filesystem::directory_iterator(path("result/fcs"))->path().string();
  const Ended ended = gateless("inspect " + path("result/fcs") + " --json");
  ASSERT_EQ(ended.status, 0) << ended.err;
  for (const auto& summary : nlohmann::json::parse(ended.out)) {
    for (const auto& channel : summary.at("channels")) {
      if (!channel.at("name").get<std::string>().starts_with("gateless_")) continue;
      EXPECT_EQ(channel.at("role"), "not used");
    }
  }
}

TEST_F(FilesForOthers, AFinishedRunWithoutLabelledFilesGetsThem) {
  std::filesystem::copy(path("result"), path("again"), std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(path("again/fcs"));
  const Ended ended = gateless("run --quiet --fcs --events panels " + path("trial/study.yaml") +
                               " --out " + path("again"));
  ASSERT_EQ(ended.status, 0) << ended.err;
  for (const auto& entry : std::filesystem::directory_iterator(path("result/fcs"))) {
    EXPECT_TRUE(read_text(entry.path().string()) ==
                read_text(path("again/fcs/") + entry.path().filename().string()))
        << entry.path();
  }
}

TEST_F(FilesForOthers, FiguresAreWrittenByRunToo) {
  std::filesystem::copy(path("result"), path("drawn"), std::filesystem::copy_options::recursive);
  const Ended ended = gateless("run --quiet --fcs --events panels --figures " +
                               path("trial/study.yaml") + " --out " + path("drawn"));
  ASSERT_EQ(ended.status, 0) << ended.err;
  const std::string map = read_text(path("drawn/figures/map_B.svg"));
  EXPECT_EQ(map.substr(0, 4), "<svg");
  EXPECT_FALSE(std::filesystem::exists(path("result/figures")));
}

TEST_F(FilesForOthers, EveryEventHasAReadableCellType) {
  const std::string file = path("result/events.h5ad");
  const std::vector<std::string> kept = read_obs_strings(file, "kept");
  const std::vector<std::string> types = read_obs_strings(file, "cell_type");
  const std::vector<std::string> terms = read_obs_strings(file, "cell_type_ontology_term_id");
  const std::vector<std::string> subsets = read_obs_strings(file, "subset");
  std::size_t with_term = 0;
  for (std::size_t event = 0; event < types.size(); ++event) {
    ASSERT_FALSE(types[event].empty());
    ASSERT_EQ(types[event] == "dropped", kept[event] == "False");
    ASSERT_TRUE(terms[event] == "unknown" || terms[event].starts_with("CL:"));
    ASSERT_TRUE(subsets[event] != "unassigned" || terms[event] == "unknown");
    with_term += terms[event] == "unknown" ? 0U : 1U;
  }
  EXPECT_GT(with_term, types.size() / 4);
}

TEST_F(FilesForOthers, PanelFilesHoldKeptEventsWithoutMissingValues) {
  std::size_t events = 0;
  for (const char* panel : {"B", "T"}) {
    const RawSample sample = read_h5ad(path(std::string("result/events_") + panel + ".h5ad"));
    events += sample.events;
    for (const auto& column : sample.values)
      EXPECT_TRUE(std::none_of(column.begin(), column.end(),
                               [](float value) { return std::isnan(value); }));
    EXPECT_FALSE(sample.channels.front().stain.empty());
  }
  std::size_t kept = 0;
  for (const auto& row : rows("result/qc.csv")) kept += std::stoul(row.at("kept"));
  EXPECT_EQ(events, kept);
}

TEST_F(FilesForOthers, ScanpyDrawsThem) {
  if (run_shell(python() + " -c 'import scanpy'").status != 0)
    GTEST_SKIP() << "scanpy is not installed for " << python()
                 << " (GATELESS_PYTHON chooses another)";
  const Ended ended = run_shell(python() + " " GATELESS_SOURCE_DIR "/tests/python/draw_events.py " +
                                path("result/events.h5ad") + " " + path("result/events_B.h5ad"));
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
}

TEST_F(FilesForOthers, OtherReadersSeeTheSameFcs) {
  const Ended ended =
      run_shell(python() + " " GATELESS_SOURCE_DIR "/tests/python/labelled_fcs.py " +
                path("result") + " " + path("trial"));
  if (ended.status == 77) GTEST_SKIP() << ended.out;
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
}

TEST_F(FilesForOthers, MultiqcGetsARowForEachSample) {
  const auto page = nlohmann::json::parse(read_text(path("result/gateless_mqc.json")));
  EXPECT_EQ(page.at("data").size(), rows("result/qc.csv").size());
  EXPECT_EQ(page.at("plot_type"), "table");
}

TEST_F(FilesForOthers, ConvertKeepsEveryBitThroughAllFormats) {
  const std::string chain[][2] = {{"h5ad", "trial/fcs"}, {"csv", "h5ad"}, {"fcs", "csv"}};
  std::map<std::string, std::string> sums;
  for (const auto& [to, from] : chain) {
    const Ended ended =
        gateless("convert --quiet " + path(from) + " --to " + to + " --out " + path(to));
    ASSERT_EQ(ended.status, 0) << ended.err;
    for (const auto& row : rows(to + "/convert.csv")) {
      const std::string name = std::filesystem::path(row.at("output")).stem().string();
      const auto [first, is_new] = sums.emplace(name, row.at("values_sha256"));
      EXPECT_EQ(first->second, row.at("values_sha256")) << to << " " << name;
    }
    if (to == "csv") std::filesystem::remove(path("csv/convert.csv"));
  }
  const std::string input = inputs().front();
  const std::string name = std::filesystem::path(input).stem().string();
  const RawSample before = read_fcs(input);
  const RawSample after = read_fcs(path("fcs/" + name + ".fcs"));
  EXPECT_EQ(before.values, after.values);
  for (std::size_t channel = 0; channel < before.channels.size(); ++channel) {
    EXPECT_EQ(before.channels[channel].name, after.channels[channel].name);
    EXPECT_EQ(before.channels[channel].stain, after.channels[channel].stain);
  }
}

// The HDF5 library may crash or loop on a damaged file: another process tries it, whatever other threads do meanwhile.
TEST_F(FilesForOthers, ConvertSaysWhichTablesAreDamagedAndConvertsTheOthers) {
  ASSERT_EQ(
      gateless("convert --quiet " + inputs().front() + " --to h5ad --out " + path("whole")).status,
      0);
  const std::string name = std::filesystem::path(inputs().front()).stem().string();
  const std::string whole = read_text(path("whole/" + name + ".h5ad"));
  std::filesystem::create_directory(path("damaged"));
  constexpr std::size_t kFiles = 24;
  constexpr std::size_t kDamagedBytes = 16;
  for (std::size_t file = 0; file < kFiles; ++file) {
    std::string copy = whole;
    const std::size_t first = file * 64;  // of the library's own notes, which lie before the values
    if (file % 2 == 1)
      std::fill_n(copy.begin() + static_cast<std::ptrdiff_t>(first), kDamagedBytes, '\xA5');
    write_text(path("damaged/" + std::to_string(file) + ".h5ad"), copy);
  }
  const Ended ended = gateless("convert --quiet --threads 4 " + path("damaged") +
                               " --to fcs --out " + path("mended"));
  EXPECT_NE(ended.status, 128) << ended.err;
  std::size_t told = 0;
  for (std::size_t file = 0; file < kFiles; ++file) {
    const bool is_converted =
        std::filesystem::exists(path("mended/" + std::to_string(file) + ".fcs"));
    const bool is_told =
        ended.err.find("/" + std::to_string(file) + ".h5ad: ") != std::string::npos;
    EXPECT_NE(is_converted, is_told) << file << ": " << ended.err;
    EXPECT_TRUE(is_converted || file % 2 == 1) << file;
    if (is_told) ++told;
  }
  EXPECT_EQ(ended.status == 0, told == 0) << ended.err;
  EXPECT_GT(told, 0U);
}

TEST_F(FilesForOthers, ConvertCompensatesOnceAndTransformsOnRequest) {
  const std::string file = inputs().front();
  const std::string name = std::filesystem::path(file).stem().string();
  ASSERT_EQ(gateless("convert --quiet " + file +
                     " --compensate auto --transform arcsinh:150 --out " + path("linear"))
                .status,
            0);
  const RawSample once = read_fcs(path("linear/" + name + ".fcs"));
  EXPECT_FALSE(once.spillover.has_value());
  float largest = 0.0F;
  for (std::size_t channel = 0; channel < once.channels.size(); ++channel) {
    if (once.channels[channel].stain.empty()) continue;
    for (const float value : once.values[channel]) largest = std::max(largest, value);
  }
  EXPECT_LT(largest, 20.0F);
}

// Logicle values run from 0 to M decades, as flowCore and FlowJo print them: linear T lies at M.
TEST_F(FilesForOthers, ConvertTransformsToTheScaleThatOthersShow) {
  const std::string file = inputs().front();
  const std::string name = std::filesystem::path(file).stem().string();
  const std::string command = "convert --quiet " + file + " --compensate auto --out ";
  ASSERT_EQ(gateless(command + path("as_is")).status, 0);
  ASSERT_EQ(gateless(command + path("logicle") + " --transform logicle").status, 0);
  const RawSample linear = read_fcs(path("as_is/" + name + ".fcs"));
  const RawSample shown = read_fcs(path("logicle/" + name + ".fcs"));
  const std::string words = rows("logicle/convert.csv").front().at("transforms");
  const std::regex curve("(?:^|; )([^;]+) logicle\\(T=([^,]+),W=([^,]+),M=([^,]+),A=([^)]+)\\)");
  std::size_t channels = 0;
  for (std::sregex_iterator found(words.begin(), words.end(), curve), end; found != end; ++found) {
    const auto at = std::find_if(linear.channels.begin(), linear.channels.end(),
                                 [&](const Channel& one) { return one.name == (*found)[1].str(); });
    ASSERT_NE(at, linear.channels.end());
    const auto channel = static_cast<std::size_t>(at - linear.channels.begin());
    const Transform transform{.kind = TransformKind::kLogicle,
                              .t = std::stod((*found)[2].str()),
                              .w = std::stod((*found)[3].str()),
                              .m = std::stod((*found)[4].str()),
                              .a = std::stod((*found)[5].str())};
    for (std::size_t event = 0; event < linear.events; event += 97) {
      EXPECT_NEAR(shown.values[channel][event],
                  transform.m * gating_ml_value(transform, linear.values[channel][event]), 0.01);
    }
    ++channels;
  }
  EXPECT_GT(channels, 5U);
}

TEST_F(FilesForOthers, ConvertNeverReplacesItsInputAndSaysWhatFailed) {
  std::filesystem::create_directories(path("mine"));
  std::filesystem::copy_file(inputs().front(), path("mine/a.fcs"));
  write_text(path("mine/b.fcs"), "FCS3.1 and nothing more");
  const std::string before = read_text(path("mine/a.fcs"));
  const Ended in_place =
      gateless("convert --quiet " + path("mine/a.fcs") + " --out " + path("mine"));
  EXPECT_EQ(in_place.status, 3) << in_place.err;
  EXPECT_TRUE(read_text(path("mine/a.fcs")) == before);
  const Ended one_bad =
      gateless("convert --quiet " + path("mine") + " --to csv --out " + path("two"));
  EXPECT_EQ(one_bad.status, 3);
  EXPECT_NE(one_bad.err.find("b.fcs"), std::string::npos) << one_bad.err;
  EXPECT_TRUE(std::filesystem::exists(path("two/a.csv")));
  EXPECT_FALSE(std::filesystem::exists(path("two/b.csv")));
  write_text(path("mine/a.csv"), "CD3\n1\n");
  const std::string both = path("mine/a.fcs") + " " + path("mine/a.csv");
  const Ended alike = gateless("convert --quiet " + both + " --to h5ad --out " + path("three"));
  EXPECT_EQ(alike.status, 0) << alike.err;
  EXPECT_TRUE(std::filesystem::exists(path("three/a.fcs.h5ad")));
  EXPECT_TRUE(std::filesystem::exists(path("three/a.csv.h5ad")));
  const std::string twice = path("mine/a.fcs") + " " + path("mine/a.fcs");
  EXPECT_EQ(gateless("convert --quiet " + twice + " --to h5ad --out " + path("four")).status, 2);
}

}  // namespace
}  // namespace gateless::cli
