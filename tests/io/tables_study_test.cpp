// The sample sheet and the study file: what is accepted, and that every problem is told with its line.
#include <gtest/gtest.h>

#include "host/core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/sample_sheet.hpp"
#include "io/study_file.hpp"
#include "io/text_file.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

class StudyFiles : public testing::Test {
 protected:
  StudyFiles() {
    for (const char* name : {"a.fcs", "b.fcs", "c.fcs"}) write_whole_file(folder / name, "x");
  }
  SampleSheet sheet(const std::string& text) {
    write_whole_file(folder / "samples.csv", text);
    return read_sample_sheet(folder / "samples.csv");
  }
  std::string sheet_error(const std::string& text) {
    try {
      static_cast<void>(sheet(text));
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  }
  Study study(const std::string& text) {
    write_whole_file(folder / "study.yaml", text);
    return read_study(folder / "study.yaml");
  }
  std::string study_error(const std::string& text) {
    try {
      static_cast<void>(study(text));
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  }
  void good_sheet() {
    static_cast<void>(
        sheet("file,patient,visit,group,sledai\na.fcs,P1,baseline,sle,8\nb.fcs,P1,week "
              "24,sle,4\nc.fcs,H1,baseline,healthy,\n"));
  }
  TemporaryFolder folder;
};

#define EXPECT_SAYS(message, words) EXPECT_NE((message).find(words), std::string::npos) << (message)

TEST_F(StudyFiles, SheetGivesSamplesInOrder) {
  const SampleSheet read = sheet(
      "file,Patient,visit,group,panel,role,cells_per_ul,sledai,comment\n"
      "a.fcs,P1,baseline,sle,B,,210.5,8,well\n"
      "b.fcs,P1,week 24,sle,B,sample,,,\n"
      "c.fcs,K1,run 1,control,B,control,,,\n");
  ASSERT_EQ(read.samples.size(), 3U);
  EXPECT_EQ(read.samples[0].path, folder / "a.fcs");
  EXPECT_EQ(read.samples[0].cells_per_ul, 210.5);
  EXPECT_EQ(read.samples[0].numbers.at("sledai"), 8.0);
  EXPECT_EQ(read.samples[1].numbers.at("sledai"), std::nullopt);
  EXPECT_EQ(read.samples[1].line, 3);
  EXPECT_FALSE(read.samples[1].is_control);
  EXPECT_TRUE(read.samples[2].is_control);
  ASSERT_EQ(read.warnings.size(), 1U);
  EXPECT_SAYS(read.warnings[0], "'comment' is ignored");
}

TEST_F(StudyFiles, SheetListsEveryMissingFileWithItsLine) {
  const std::string message =
      sheet_error("file,patient,visit,group\nx.fcs,P1,v1,g\na.fcs,P1,v2,g\ny.fcs,P1,v3,g\n");
  EXPECT_SAYS(message, "samples.csv:2: file 'x.fcs' does not exist");
  EXPECT_SAYS(message, "samples.csv:4: file 'y.fcs' does not exist");
  EXPECT_EQ(message.find("a.fcs"), std::string::npos);
}

TEST_F(StudyFiles, SheetRejectsWhatIsAmbiguous) {
  EXPECT_SAYS(sheet_error("file,patient,visit,group\n"), "has no samples");
  EXPECT_SAYS(sheet_error("file,pateint,visit,group\na.fcs,P1,v,g\n"),
              "did you mean it by 'pateint'?");
  EXPECT_SAYS(sheet_error("file,patient,visit,group,file\na.fcs,P1,v,g,b\n"), "appears twice");
  EXPECT_SAYS(sheet_error("file,patient,visit,group\na.fcs,P1,v,g\na.fcs,P2,v,g\n"),
              "samples.csv:3: file 'a.fcs' is already in line 2");
  EXPECT_SAYS(sheet_error("file,patient,visit,group,panel\na.fcs,P1,v,g,B\nb.fcs,P1,v,g,B\n"),
              "samples.csv:3: patient 'P1'");
  EXPECT_SAYS(sheet_error("file,patient,visit,group,role\na.fcs,P1,v,g,contrl\n"),
              "did you mean 'control'?");
  EXPECT_SAYS(sheet_error("file,patient,visit,group,cells_per_ul\na.fcs,P1,v,g,many\n"),
              "'many' is not a count");
  EXPECT_SAYS(sheet_error("file,patient,visit,group\na.fcs,,v,\n"), "'patient' is empty");
}

TEST_F(StudyFiles, SheetAllowsReplicatesInAnotherBatchAndAnotherPanel) {
  EXPECT_EQ(sheet("file,patient,visit,group,panel,batch\na.fcs,P1,v,g,B,1\nb.fcs,P1,v,g,B,2\nc.fcs,"
                  "P1,v,g,T,1\n")
                .warnings.size(),
            1U);
}

TEST_F(StudyFiles, SheetSuggestsAMisspeltColumn) {
  const SampleSheet read = sheet("file,patient,visit,group,bacth\na.fcs,P1,v,g,1\n");
  ASSERT_EQ(read.warnings.size(), 1U);
  EXPECT_SAYS(read.warnings[0], "did you mean 'batch'?");
}

TEST_F(StudyFiles, StudyReadsEveryKey) {
  good_sheet();
  const Study read = study(
      "name: MSC trial\nsamples: samples.csv\nknowledge: [k.yaml]\npanel: {PE-A: CD27}\ntransform: "
      "arcsinh:150\n"
      "compensate: none\nclean: {doublets: off}\nseed: 7\n"
      "cluster: {algorithm: kmeans, grid: 8x9, nodes: 50, metaclusters: 20, epochs: 5, markers: "
      "[CD19, IgD]}\n"
      "compare: {baseline: baseline, at: [week 24], activity: sledai, responders: [P1], primary: "
      "[b_dn], healthy_group: healthy}\n");
  EXPECT_EQ(read.name, "MSC trial");
  EXPECT_EQ(read.samples.size(), 3U);
  EXPECT_EQ(read.knowledge_paths, std::vector<std::string>{folder / "k.yaml"});
  EXPECT_EQ(read.marker_overrides.at("PE-A"), "CD27");
  EXPECT_EQ(read.transform.kind, TransformChoice::Kind::kArcsinh);
  EXPECT_EQ(read.transform.cofactor, 150.0);
  EXPECT_FALSE(read.compensate);
  EXPECT_FALSE(read.clean.doublets);
  EXPECT_TRUE(read.clean.margins);
  EXPECT_EQ(read.cluster.algorithm, ClusterOptions::Algorithm::kKMeans);
  EXPECT_EQ(read.cluster.grid_width, 8U);
  EXPECT_EQ(read.cluster.grid_height, 9U);
  EXPECT_EQ(read.cluster.nodes, 50U);
  EXPECT_EQ(read.cluster.metaclusters, 20U);
  EXPECT_EQ(read.cluster.epochs, 5U);
  EXPECT_EQ(read.cluster.markers, (std::vector<std::string>{"CD19", "IgD"}));
  EXPECT_EQ(read.cluster.seed, 7U);
  EXPECT_EQ(read.compare.at, std::vector<std::string>{"week 24"});
  EXPECT_EQ(read.compare.activity, "sledai");
  EXPECT_EQ(read.compare.responders, std::vector<std::string>{"P1"});
  EXPECT_EQ(read.compare.primary, std::vector<std::string>{"b_dn"});
}

TEST_F(StudyFiles, LevelsSetByHandAreOnOneOfTwoScales) {
  good_sheet();
  const Study read = study(
      "samples: samples.csv\nlevels:\n  - {marker: IgD, within: b_cell, at: 1.9}\n"
      "  - {marker: CD27, panel: B, linear: 850}\n");
  const std::vector<LevelChoice> expected{
      {.marker = "IgD", .within = "b_cell", .panel = "", .at = 1.9, .is_linear = false, .line = 3},
      {.marker = "CD27", .within = "", .panel = "B", .at = 850.0, .is_linear = true, .line = 4}};
  EXPECT_EQ(read.levels, expected);
  const std::string message = study_error(
      "samples: samples.csv\nlevels:\n  - {marker: IgD}\n  - {marker: IgD, at: 1, linear: 2}\n"
      "  - {marker: IgD, at: many}\n  - {markr: IgD, at: 1}\n");
  EXPECT_SAYS(message, "study.yaml:3: an entry of 'levels' needs 'marker', and either 'at'");
  EXPECT_SAYS(message, "study.yaml:4: an entry of 'levels' needs");
  EXPECT_SAYS(message, "study.yaml:5: 'at' must be a number, not 'many'");
  EXPECT_SAYS(message, "study.yaml:6: unknown key 'markr'; did you mean 'marker'?");
  EXPECT_SAYS(study_error("samples: samples.csv\nlevels: {IgD: 1}\n"), "must be a list of");
}

TEST_F(StudyFiles, ShippedStudyFileHoldsTheDefaults) {
  good_sheet();
  const Study read =
      study(read_text_file(std::string(GATELESS_SOURCE_DIR) + "/configs/study.yaml", 1U << 20U));
  const Study defaults;
  EXPECT_EQ(read.transform.kind, defaults.transform.kind);
  EXPECT_EQ(read.compensate, defaults.compensate);
  EXPECT_EQ(read.clean, defaults.clean);
  EXPECT_EQ(read.cluster, defaults.cluster);
  EXPECT_EQ(read.compare, defaults.compare);
  EXPECT_TRUE(read.warnings.empty());
}

TEST_F(StudyFiles, StudyListsEveryProblemOnce) {
  good_sheet();
  const std::string message = study_error(
      "samples: samples.csv\nclustr:\n  grid: 10x10\ncluster:\n  grdi: 10x10\n  nodes: many\nseed: "
      "[1]\ntransform: asinh\n");
  EXPECT_SAYS(message, "study.yaml:2: unknown key 'clustr'; did you mean 'cluster'?");
  EXPECT_SAYS(message, "study.yaml:5: unknown key 'grdi'; did you mean 'grid'?");
  EXPECT_SAYS(message, "study.yaml:6: 'nodes' must be a whole number");
  EXPECT_SAYS(message, "study.yaml:7: 'seed' must be");
  EXPECT_SAYS(message, "study.yaml:8: 'transform' must be auto, arcsinh:COFACTOR");
}

TEST_F(StudyFiles, StudyChecksItsWordsAgainstTheSheet) {
  good_sheet();
  const std::string message = study_error(
      "samples: samples.csv\ncompare:\n  baseline: basline\n  at: [week 4]\n  activity: sleda\n  "
      "responders: [P2]\n");
  EXPECT_SAYS(message, "study.yaml:3: 'baseline' of compare: 'basline' is not a visit");
  EXPECT_SAYS(message, "did you mean 'baseline'?");
  EXPECT_SAYS(message, "study.yaml:4: 'at' of compare: 'week 4'");
  EXPECT_SAYS(message, "study.yaml:5: 'activity' of compare: 'sleda' is not a numeric column");
  EXPECT_SAYS(message, "study.yaml:6: 'responders' of compare: 'P2' is not a patient");
}

TEST_F(StudyFiles, StudyRejectsWhatIsNoYamlMap) {
  EXPECT_SAYS(study_error("a: [1\n"), "is not valid YAML");
  EXPECT_SAYS(study_error("- a\n"), "must be a map");
  EXPECT_SAYS(study_error(""), "has no 'samples'");
  EXPECT_SAYS(study_error(std::string(100'000, '[')), "is not valid YAML");
  EXPECT_SAYS(study_error("samples: none.csv\n"), "study.yaml:1: the sample sheet");
  EXPECT_SAYS(study_error("samples: a.csv\nsamples: b.csv\n"), "appears twice");
}

}  // namespace
}  // namespace gateless::io
