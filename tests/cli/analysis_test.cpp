// A small simulated trial through the real program: the files of the design appear, say the same for any threads,
// tiles and backend, and can be taken up again.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "host/core/layers.hpp"
#include "io/csv.hpp"
#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

std::string header_of(const std::string& path) {
  const std::string text = read_text(path);
  return text.substr(0, text.find_first_of("\r\n"));
}

class Analysis : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<TemporaryFolder>();
    const Ended made = gateless(
        "simulate --quiet --patients 2 --controls 2 --events-per-file 4000 --out " + path("trial"));
    ASSERT_EQ(made.status, 0) << made.err;
    const auto started = std::chrono::steady_clock::now();
    const Ended ended = run("result", "");
    seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    ASSERT_EQ(ended.status, 0) << ended.err;
    ASSERT_EQ(ended.out, "");
  }
  static void TearDownTestSuite() { scratch_.reset(); }

  static std::string path(const std::string& name) { return *scratch_ / name; }
  static Ended run(const std::string& out, const std::string& options) {
    return gateless("run --quiet " + path("trial/study.yaml") + " --out " + path(out) + " " +
                    options);
  }

  /// Runs the trial and interrupts it as soon as a piece is kept; status 0 if it was, before the end.
  static Ended interrupt_after(const std::string& piece, const std::string& signal,
                               const std::string& out) {
    const std::string kept = path(out + "/unfinished/" + piece);
    return run_shell("bash -c 'set -m; " + std::string(GATELESS_PROGRAM) + " run --quiet " +
                     path("trial/study.yaml") + " --out " + path(out) +
                     " & pid=$!; while kill -0 $pid && ! test -e " + kept +
                     "; do sleep 0.005; done; kill -" + signal + " $pid; wait $pid; test -e " +
                     kept + " && ! test -e " + path(out + "/run.json'"));
  }

  /// All but run.json and the report, which tell how long stages took.
  static void expect_same_results(const std::string& out, const std::string& expected = "result") {
    const Ended compared = run_shell("diff -r -q -x run.json -x report.html -x .gateless.lock " +
                                     path(expected) + " " + path(out));
    EXPECT_EQ(compared.status, 0) << compared.out;
  }

  /// Events of each metacluster in cluster_counts.csv and in clusters.csv.
  static void expect_counts_of_clusters(const std::string& folder) {
    std::map<std::string, double> counted, told;
    const CsvTable counts = read_csv(path(folder + "/cluster_counts.csv"));
    for (const auto& row : counts.rows)
      counted[row[*counts.column("metacluster")]] += std::stod(row[*counts.column("events")]);
    const CsvTable clusters = read_csv(path(folder + "/clusters.csv"));
    for (const auto& row : clusters.rows)
      told[row[*clusters.column("metacluster")]] = std::stod(row[*clusters.column("events")]);
    EXPECT_EQ(counted, told);
  }

  static std::unique_ptr<TemporaryFolder> scratch_;
  static double seconds_;  ///< of the whole run, as its caller sees it
};
std::unique_ptr<TemporaryFolder> Analysis::scratch_;
double Analysis::seconds_ = 0.0;

TEST_F(Analysis, LeavesEveryFileOfTheContract) {
  for (const char* file :
       {"run.json", "model.h5", "events.h5ad", "clusters.csv", "abundance.csv", "changes.csv",
        "patients.csv", "abnormal.csv", "qc.csv", "gates.csv", "report.html"}) {
    EXPECT_GT(std::filesystem::file_size(path("result/") + file), 0U) << file;
  }
  for (const auto& entry : std::filesystem::directory_iterator(path("result"))) {
    EXPECT_NE(entry.path().extension(), ".part") << entry.path();
  }
}

TEST_F(Analysis, TablesBeginWithTheColumnsOfTheContract) {
  const auto begins = [&](const std::string& file, const std::string& columns) {
    EXPECT_EQ(header_of(path("result/" + file)).rfind(columns, 0), 0U)
        << header_of(path("result/" + file));
  };
  begins("clusters.csv", "metacluster,nodes,events,subset,parent,confidence,phenotype");
  begins(
      "abundance.csv",
      "sample,patient,visit,group,subset,parent,events,parent_events,fraction_of_parent,low,high,"
      "fraction_of_lineage,fraction_of_all,cells_per_ul,detection");
  begins("changes.csv",
         "subset,comparison,patients,median_before,median_after,change,change_low,change_high,"
         "patients_up,"
         "patients_down,test,p,p_floor,q");
  begins("patients.csv", "subset,patient,visit,before,after,change,low,high,p,call");
  begins("abnormal.csv",
         "cluster,subset,phenotype,events,fraction_of_memory_b,enrichment,evidence,p,q,activity_"
         "rho,activity_p,"
         "patients_present");
  begins("qc.csv", "sample,events,kept");
  begins("gates.csv",
         "sample,gate,parent_path,x_channel,x_low,x_high,y_channel,y_low,y_high,events,labelled,"
         "labelled_inside,precision,recall,f1");
}

TEST_F(Analysis, RunJsonTellsStagesAndInputs) {
  const auto run_json = nlohmann::json::parse(read_text(path("result/run.json")));
  std::string stages;
  for (const auto& stage : run_json.at("stages")) {
    stages += stage.at("name").get<std::string>() + " ";
    EXPECT_GE(stage.at("seconds").get<double>(), 0.0);
    EXPECT_TRUE(stage.contains("bytes") && stage.contains("events") &&
                stage.contains("peak_bytes"));
  }
  for (const char* name : {"read", "transform", "pool", "cluster", "metacluster", "annotate",
                           "measure", "compare", "write"}) {
    EXPECT_NE(stages.find(name), std::string::npos) << name << " in " << stages;
  }
  ASSERT_EQ(run_json.at("inputs").size(), 16U);
  EXPECT_EQ(run_json.at("inputs").at(0).at("sha256").get<std::string>().size(), 64U);
}

TEST_F(Analysis, StagesOfRunJsonAddUpToTheWholeRun) {
  const auto run_json = nlohmann::json::parse(read_text(path("result/run.json")));
  double sum = 0.0;
  for (const auto& stage : run_json.at("stages")) sum += stage.at("seconds").get<double>();
  // Starting a process, and writing the report that lists the stages, take some time on a busy machine.
  constexpr double kProcess = 0.3;
  EXPECT_LE(sum, seconds_);
  EXPECT_GE(sum, 0.98 * seconds_ - kProcess);
}

TEST_F(Analysis, SameBytesForAnyThreadsAndTiles) {
  for (const std::string options : {"--threads 1 --tile 1000", "--threads 3 --tile 77"}) {
    const Ended ended = run("again", options);
    ASSERT_EQ(ended.status, 0) << ended.err;
    expect_same_results("again");
    std::filesystem::remove_all(path("again"));
  }
}

// The reference computes one value after the other: a smaller trial than the others'.
TEST_F(Analysis, SameBytesForAnyBackend) {
  const Ended made = gateless(
      "simulate --quiet --patients 1 --controls 1 --events-per-file 1500 --out " + path("small"));
  ASSERT_EQ(made.status, 0) << made.err;
  for (const std::string backend : {"cpu", "reference"}) {
    std::string command = "run --quiet " + path("small/study.yaml") + " --threads 2 --backend ";
    command.append(backend).append(" --out ").append(path("by_" + backend));
    const Ended ended = gateless(command);
    ASSERT_EQ(ended.status, 0) << ended.err;
  }
  expect_same_results("by_reference", "by_cpu");
}

TEST_F(Analysis, AFinishedRunIsNotDoneAgainAndAnInterruptedOneGoesOn) {
  const std::string model = read_text(path("result/model.h5"));
  const std::string abundance = read_text(path("result/abundance.csv"));
  const Ended again = gateless("run " + path("trial/study.yaml") + " --out " + path("result"));
  EXPECT_EQ(again.status, 0);
  EXPECT_NE(again.err.find("finished"), std::string::npos) << again.err;

  std::filesystem::remove(path("result/run.json"));
  std::filesystem::remove(path("result/abundance.csv"));
  const Ended resumed = gateless("run " + path("trial/study.yaml") + " --out " + path("result"));
  EXPECT_EQ(resumed.status, 0);
  EXPECT_NE(resumed.err.find("2 panels are trained already"), std::string::npos) << resumed.err;
  EXPECT_TRUE(read_text(path("result/model.h5")) == model);
  EXPECT_TRUE(read_text(path("result/abundance.csv")) == abundance);
}

TEST_F(Analysis, WhatAFinishedRunWasNotAskedForIsMadeWithItsMaps) {
  const std::string out = path("without");
  ASSERT_EQ(run("without", "--events none --no-gates").status, 0);
  EXPECT_FALSE(std::filesystem::exists(out + "/events.h5ad"));
  const std::string again = "run " + path("trial/study.yaml") + " --out " + out;
  const Ended less = gateless(again + " --events none --no-gates");
  EXPECT_NE(less.err.find("finished already"), std::string::npos) << less.err;
  const Ended more = gateless(again);
  ASSERT_EQ(more.status, 0) << more.err;
  EXPECT_NE(more.err.find("2 panels are trained already"), std::string::npos) << more.err;
  expect_same_results("without");
}

TEST_F(Analysis, AnInterruptedRunSaysWhatItKeepsAndIsTakenUpThere) {
  for (const auto& [signal, piece] :
       {std::pair("INT", "samples"), std::pair("TERM", "panel_1_levels"),
        std::pair("KILL", "panel_2_map"), std::pair("TERM", "results"), std::pair("TERM", "events"),
        std::pair("INT", "gates")}) {
    const Ended killed = interrupt_after(piece, signal, "killed");
    ASSERT_EQ(killed.status, 0) << "not killed after " << piece << ": " << killed.err;
    const bool is_told =
        killed.err.find("killed/unfinished keeps what is finished (samples") != std::string::npos;
    EXPECT_EQ(is_told, std::string("KILL") != signal) << killed.err;
    const Ended resumed = gateless("run " + path("trial/study.yaml") + " --out " + path("killed"));
    ASSERT_EQ(resumed.status, 0) << resumed.err;
    EXPECT_NE(resumed.err.find("killed/unfinished has its samples"), std::string::npos)
        << resumed.err;
    EXPECT_FALSE(std::filesystem::exists(path("killed/unfinished")));
    expect_same_results("killed");
    std::filesystem::remove_all(path("killed"));
  }
}

TEST_F(Analysis, FilesOfEventsThatAreNoLongerWholeAreWrittenAgain) {
  ASSERT_EQ(interrupt_after("events", "KILL", "killed").status, 0);
  write_text(path("killed/events.h5ad"), "short");
  ASSERT_EQ(gateless("run --quiet " + path("trial/study.yaml") + " --out " + path("killed")).status,
            0);
  expect_same_results("killed");
  std::filesystem::remove_all(path("killed"));
}

TEST_F(Analysis, PiecesOfOtherSettingsOrDamagedOnesAreNotTaken) {
  ASSERT_EQ(interrupt_after("panel_1_levels", "KILL", "killed").status, 0);
  // A sample sheet that says something else of the same files.
  std::string sheet = read_text(path("trial/samples.csv"));
  const std::string study = read_text(path("trial/study.yaml"));
  write_text(path("trial/other.csv"), sheet.replace(sheet.find(",SLE01,"), 7, ",SLE0X,"));
  write_text(path("trial/other.yaml"),
             std::string(study).replace(study.find("samples.csv"), 11, "other.csv"));
  std::filesystem::copy(path("killed"), path("other"), std::filesystem::copy_options::recursive);
  const Ended other = gateless("run " + path("trial/other.yaml") + " --out " + path("other"));
  ASSERT_EQ(other.status, 0) << other.err;
  EXPECT_EQ(other.err.find("resuming"), std::string::npos) << other.err;

  for (const char* piece : {"panel_1_levels", "panel_1_map"}) {
    std::string bytes = read_text(path("killed/unfinished/") + piece);
    bytes[bytes.size() / 2] ^= 1;
    write_text(path("killed/unfinished/") + piece, bytes);
  }
  write_text(path("killed/unfinished/panel_1_calls.part"), "half");
  ASSERT_EQ(gateless("run --quiet " + path("trial/study.yaml") + " --out " + path("killed")).status,
            0);
  expect_same_results("killed");
}

TEST_F(Analysis, PiecesOfAFileThatHasChangedAreNotTaken) {
  ASSERT_EQ(interrupt_after("samples", "KILL", "changed").status, 0);
  const std::string file = std::filesystem::directory_iterator(path("trial/fcs"))->path().string();
  const std::string bytes = read_text(file);
  std::string changed = bytes;  // as long as before, and read without complaint
  changed[changed.size() / 2] ^= 1;
  write_text(file, changed);
  const Ended other = gateless("run " + path("trial/study.yaml") + " --out " + path("changed"));
  write_text(file, bytes);
  ASSERT_EQ(other.status, 0) << other.err;
  EXPECT_EQ(other.err.find("resuming"), std::string::npos) << other.err;
}

TEST_F(Analysis, ReportIsRenderedAgainFromTheFolderAlone) {
  const std::string report = read_text(path("result/report.html"));
  std::filesystem::remove(path("result/report.html"));
  EXPECT_EQ(gateless("report " + path("result")).status, 0);
  EXPECT_TRUE(read_text(path("result/report.html")) == report);
}

TEST_F(Analysis, MappingTheTrainingFilesGivesTheirLabelsBack) {
  std::string files;
  for (const auto& entry : std::filesystem::directory_iterator(path("trial/fcs")))
    files.append(" ").append(entry.path().string());
  const Ended ended =
      gateless("map --quiet " + path("result/model.h5") + files + " --out " + path("mapped"));
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_TRUE(std::filesystem::exists(path("mapped/abundance.csv")));
  EXPECT_TRUE(std::filesystem::exists(path("mapped/events.h5ad")));
}

TEST_F(Analysis, TheSampleSheetOfMapTellsWhoseFilesTheyAre) {
  const std::string map = "map --quiet " + path("result/model.h5") + " --events none --no-gates ";
  const Ended ended =
      gateless(map + "--samples " + path("trial/samples.csv") + " --out " + path("with_sheet"));
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(read_text(path("with_sheet/abundance.csv")).find(",SLE01,week 24,lupus,"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path("with_sheet/patients.csv"))) << "map compares nobody";
  EXPECT_EQ(gateless(map + "--out " + path("nothing")).status, 2) << "neither files nor a sheet";
  EXPECT_EQ(gateless(map + "a.fcs --samples b.csv --out " + path("nothing")).status, 2);
  EXPECT_EQ(gateless(map + "a.fcs --panel CD27 --out " + path("nothing")).status, 2);
}

TEST_F(Analysis, AFileThatDoesNotFitTheModelSaysWhichMarkersItLacks) {
  write_text(path("other.csv"), "FSC-A,SSC-A,BV421-A :: CD3\n1000,500,20\n1100,400,2000\n");
  const Ended ended = gateless("map --quiet " + path("result/model.h5") + " " + path("other.csv") +
                               " --out " + path("nothing"));
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("of the model's panel 'B' (an event without them finds no node)"),
            std::string::npos)
      << ended.err;
  EXPECT_EQ(ended.err.find("lacks CD3,"), std::string::npos) << ended.err;
}

TEST_F(Analysis, LineagesAddUpAndNumbersCarryTheirDigits) {
  const CsvTable table = read_csv(path("result/abundance.csv"));
  const auto field = [&](const std::vector<std::string>& row, const char* name) {
    return row[*table.column(name)];
  };
  std::map<std::string, double> sums, roots;  // by sample
  for (const auto& row : table.rows) {
    const std::string subset = field(row, "subset");
    const bool is_lineage = field(row, "parent") == "leukocyte";
    if (is_lineage) sums[field(row, "sample")] += std::stod(field(row, "events"));
    if (subset == "leukocyte") roots[field(row, "sample")] = std::stod(field(row, "events"));
    for (const char* name : {"events", "fraction_of_parent", "low", "high"}) {
      const std::string text = field(row, name);
      EXPECT_LE(text.size(), 11U) << subset << " " << name << " " << text;
    }
  }
  ASSERT_EQ(roots.size(), 16U);
  for (const auto& [sample, events] : roots) EXPECT_NEAR(sums[sample], events, 0.1) << sample;
}

TEST_F(Analysis, ClustersAreCountedInEverySample) { expect_counts_of_clusters("result"); }

TEST_F(Analysis, ClusterNeedsNoSheetAndNoKnowledge) {
  const std::string file = std::filesystem::directory_iterator(path("trial/fcs"))->path().string();
  for (const char* options :
       {"", "--algorithm kmeans --nodes 30", "--grid 5x4 --metaclusters 6 --events labels"}) {
    const Ended ended =
        gateless("cluster --quiet " + file + " --out " + path("clusters") + " " + options);
    ASSERT_EQ(ended.status, 0) << options << ended.err;
    for (const char* name :
         {"run.json", "model.h5", "events.h5ad", "clusters.csv", "qc.csv", "report.html"}) {
      EXPECT_TRUE(std::filesystem::exists(path("clusters/") + name)) << name;
    }
    EXPECT_EQ(read_text(path("clusters/clusters.csv")).find("unassigned"), std::string::npos);
    for (const char* empty : {"abundance.csv", "changes.csv", "patients.csv", "abnormal.csv"})
      EXPECT_FALSE(std::filesystem::exists(path("clusters/") + empty)) << empty;
    expect_counts_of_clusters("clusters");
    EXPECT_EQ(gateless("report " + path("clusters")).status, 0) << "without the empty tables";
    const Ended mapped = gateless("map --quiet " + path("clusters/model.h5") + " " + file +
                                  " --events none --out " + path("of_clusters"));
    EXPECT_EQ(mapped.status, 0) << mapped.err;
    EXPECT_EQ(read_text(path("of_clusters/cluster_counts.csv")),
              read_text(path("clusters/cluster_counts.csv")));
    const Ended again = gateless("cluster " + file + " --out " + path("clusters") + " " + options);
    EXPECT_NE(again.err.find("finished already"), std::string::npos) << again.err;
    std::filesystem::remove_all(path("clusters"));
    std::filesystem::remove_all(path("of_clusters"));
  }
}

TEST_F(Analysis, OutputsOpenInPython) {
  if (run_shell(python() + " -c 'import anndata, h5py'").status != 0) {
    GTEST_SKIP() << "anndata and h5py are not installed";
  }
  const Ended ended =
      run_shell(python() + " " GATELESS_SOURCE_DIR "/tests/python/open_outputs.py " +
                path("result/events.h5ad") + " " + path("result/model.h5"));
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
}

}  // namespace
}  // namespace gateless::cli
