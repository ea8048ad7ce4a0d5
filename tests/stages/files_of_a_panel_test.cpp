// Files before they are pooled: what is odd about them is said, what cannot be pooled is refused.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/core/shown_scale.hpp"
#include "host/stages/level_choices.hpp"
#include "host/stages/panel_preview.hpp"
#include "host/stages/train.hpp"
#include "tests/stages/planted_study.hpp"

namespace gateless::stages {
namespace {

/// Two patients' files of one panel, small enough for a test of words.
PlantedStudy few_files(std::size_t files = 3) {
  PlantedStudy planted = planted_study();
  planted.study.samples.resize(files);
  return planted;
}

RawSample& file_of(PlantedStudy& planted, std::size_t sample) {
  return planted.files.at(planted.study.samples[sample].path);
}

bool says(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

std::string refusal_of(PlantedStudy& planted) {
  Recorder heard;
  try {
    (void)planted.pooled(heard);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(FilesOfAPanel, EveryFileThatCannotBeReadIsNamed) {
  PlantedStudy planted = few_files();
  planted.files.erase(planted.study.samples[0].path);
  file_of(planted, 2).events = 0;
  const std::string refusal = refusal_of(planted);
  EXPECT_NE(refusal.find("P1_baseline.fcs: file not found"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("P2_baseline.fcs: no events"), std::string::npos) << refusal;
}

TEST(FilesOfAPanel, AFileWithoutAMarkerIsRefused) {
  PlantedStudy planted = few_files(1);
  const std::vector<std::string> unstained{"FSC-A", "FSC-H", "SSC-A", "Time"};
  for (std::size_t channel = 0; channel < unstained.size(); ++channel)
    file_of(planted, 0).channels[channel] = {
        .name = unstained[channel], .stain = "", .range = 262144.0};
  EXPECT_NE(refusal_of(planted).find("no channel stains a marker"), std::string::npos);
}

TEST(FilesOfAPanel, KnownMarkersWithoutValuesAreRefused) {
  PlantedStudy planted = few_files(1);
  RawSample& file = file_of(planted, 0);
  for (std::size_t event = 0; event < file.events; event += 2)
    file.values[0][event] = std::nanf("");
  EXPECT_NE(refusal_of(planted).find("CD3 has no value in many events"), std::string::npos);
}

TEST(FilesOfAPanel, UnknownColumnsWithoutValuesAreLeftOut) {
  PlantedStudy planted = few_files(1);
  RawSample& file = file_of(planted, 0);
  file.channels.push_back({.name = "BV650-A", .stain = "Xyz9", .range = 262144.0});
  file.values.emplace_back(file.events, std::nanf(""));
  Recorder heard;
  const std::vector<PanelEvents> panels = planted.pooled(heard);
  EXPECT_EQ(panels.front().markers.size(), 4U);
  EXPECT_TRUE(says(heard.warnings, "columns without a value in many events are not used: Xyz9"));
}

TEST(FilesOfAPanel, AMatrixThatMissesTheFilesChannelsIsRefused) {
  PlantedStudy planted = few_files(1);
  Spillover spillover;
  spillover.channels = {"FITC-A", "PE-A", "APC-A"};
  spillover.coefficients = Matrix<double>(3, 3);
  for (std::size_t dye = 0; dye < 3; ++dye) spillover.coefficients(dye, dye) = 1.0;
  spillover.missing = {"BV510-A"};
  file_of(planted, 0).spillover = spillover;
  EXPECT_NE(refusal_of(planted).find("the spillover matrix names BV510-A"), std::string::npos);
}

TEST(FilesOfAPanel, WarningsThatFilesShareAreSaidOnce) {
  PlantedStudy planted = few_files();
  for (std::size_t sample = 0; sample < 3; ++sample) {
    file_of(planted, sample).warnings = {"slow drift over the acquisition: CD3",
                                         std::to_string(sample + 1) + " events are negative"};
  }
  Recorder heard;
  (void)planted.pooled(heard);
  const auto drift = std::count_if(heard.warnings.begin(), heard.warnings.end(), [](const auto& w) {
    return w.find("slow drift") != std::string::npos;
  });
  EXPECT_EQ(drift, 1);
  EXPECT_TRUE(says(heard.warnings, "1 events are negative (as in the first; qc.csv has all)"));
}

TEST(FilesOfAPanel, CopiesOfOneFileAreNamed) {
  PlantedStudy planted = few_files(2);
  Recorder heard;
  const ReadSample read = [&](const Sample& sample) {
    FileEvents file = planted.read()(sample);
    file.sha256 = "the same";
    return file;
  };
  (void)ingest(planted.study.samples, read, planted.knowledge, planted.options, *planted.backend,
               heard);
  EXPECT_TRUE(says(heard.warnings, "the same file under 2 names"));
}

TEST(FilesOfAPanel, OtherMarkersMakeAnotherPanel) {
  PlantedStudy planted = few_files(4);
  for (const std::size_t sample : {1U, 3U}) {
    RawSample& file = file_of(planted, sample);
    file.channels[2].stain = "CD138";
    file.channels[3].stain = "Unheard7";
  }
  Recorder heard;
  const std::vector<PanelEvents> panels = planted.pooled(heard);
  ASSERT_EQ(panels.size(), 2U);
  EXPECT_EQ(panels[0].samples.size(), 2U);
  EXPECT_EQ(panels[0].panel.name, "panel 1");
  EXPECT_TRUE(says(heard.warnings, "make 2 panels"));
}

TEST(FilesOfAPanel, TubesOfOneVisitAreTwoPanelsThoughMostMarkersAreTheSame) {
  for (const bool is_one_visit : {false, true}) {
    PlantedStudy planted = few_files(4);
    for (std::size_t sample = 0; sample < 4; ++sample) {
      RawSample& file = file_of(planted, sample);
      const std::vector<float> more = file.values.front();
      const char* stain = sample == 3 ? "CD38" : "CD24";
      for (const char* name : {"BV510-A", "BV605-A"}) {
        file.channels.push_back({.name = name,
                                 .stain = name == std::string("BV510-A") ? "CD20" : stain,
                                 .range = 262144.0});
        file.values.push_back(more);
      }
    }
    if (is_one_visit) {
      planted.study.samples[3].patient = planted.study.samples[0].patient;
      planted.study.samples[3].visit = planted.study.samples[0].visit;
    }
    Recorder heard;
    EXPECT_EQ(planted.pooled(heard).size(), is_one_visit ? 2U : 1U);
  }
}

TEST(FilesOfAPanel, ThePanelsWordInTheSheetDecides) {
  PlantedStudy planted = few_files(3);
  planted.study.samples[0].panel = "first";
  planted.study.samples[1].panel = "second";
  planted.study.samples[2].panel = "first";
  Recorder heard;
  const std::vector<PanelEvents> panels = planted.pooled(heard);
  ASSERT_EQ(panels.size(), 2U);
  EXPECT_EQ(panels[0].panel.name, "first");
  EXPECT_EQ(panels[0].samples.size(), 2U);
}

TEST(FilesOfAPanel, AMisspeltStainIsReadAsItsDetectorSays) {
  PlantedStudy planted = few_files(4);
  file_of(planted, 3).channels[3].stain = "CD27x";
  Recorder heard;
  const std::vector<PanelEvents> panels = planted.pooled(heard);
  ASSERT_EQ(panels.size(), 1U);
  EXPECT_EQ(panels.front().markers.size(), 4U);
  EXPECT_TRUE(says(heard.warnings, "is read as CD27"));
}

TEST(FilesOfAPanel, AMarkerThatFewFilesLackIsNotLostInSilence) {
  PlantedStudy planted = few_files(5);
  file_of(planted, 4).channels[3].stain = "";
  planted.study.samples[4].panel = planted.study.samples[0].panel = "one";
  for (Sample& sample : planted.study.samples) sample.panel = "one";
  EXPECT_NE(refusal_of(planted).find("all files would lose CD27"), std::string::npos);
}

TEST(FilesOfAPanel, FilesWithoutACommonMarkerAreRefused) {
  PlantedStudy planted = few_files(2);
  for (Channel& channel : file_of(planted, 1).channels) channel.stain = "Z" + channel.name;
  for (Sample& sample : planted.study.samples) sample.panel = "one";
  EXPECT_NE(refusal_of(planted).find("no marker in common"), std::string::npos);
}

TEST(FilesOfAPanel, PreviewSaysWhatARunWould) {
  PlantedStudy planted = few_files(3);
  file_of(planted, 2).events = 0;
  std::vector<std::string> paths;
  for (const Sample& sample : planted.study.samples) paths.push_back(sample.path);
  const std::vector<FilePreview> previews =
      preview_files(paths, planted.read(), planted.knowledge, 2);
  ASSERT_EQ(previews.size(), 3U);
  EXPECT_TRUE(previews[0].fits);
  EXPECT_EQ(previews[0].panel, "panel");
  EXPECT_GT(previews[0].kept, 4000U);
  EXPECT_FALSE(previews[2].fits);
  EXPECT_TRUE(says(previews[2].told, "no events"));
}

TEST(FilesOfAPanel, PreviewNamesPanelsThatCannotBeCompared) {
  PlantedStudy planted = few_files(2);
  for (Channel& channel : file_of(planted, 1).channels) channel.stain = "Z" + channel.name;
  std::vector<std::string> paths;
  for (const Sample& sample : planted.study.samples) paths.push_back(sample.path);
  const std::vector<FilePreview> previews =
      preview_files(paths, planted.read(), planted.knowledge, 1);
  EXPECT_NE(previews[0].panel, previews[1].panel);
  EXPECT_TRUE(says(previews[1].told, "stains no marker that the other files have"));
}

LevelChoice level_of(const std::string& marker, const std::string& within, double at = 2.0) {
  LevelChoice level;
  level.marker = marker;
  level.within = within;
  level.at = at;
  return level;
}

TEST(LevelChoices, EntriesThatSetNoBorderAreRefused) {
  PlantedStudy planted = few_files(1);
  Recorder heard;
  const std::vector<PanelEvents> panels = planted.pooled(heard);
  const auto problem = [&](const LevelChoice& level) -> std::string {
    Study study = planted.study;
    study.path = "study.yaml";
    study.levels = {level};
    try {
      check_levels(study, planted.knowledge, panels);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(problem(level_of("CD27", "b_cell")), "");
  EXPECT_NE(problem(level_of("CD28", "")).find("no panel has the marker 'CD28'"),
            std::string::npos);
  EXPECT_NE(problem(level_of("CD27", "c_cell")).find("is not a subset"), std::string::npos);
  EXPECT_NE(problem(level_of("CD27", "t_cell")).find("divides no population"), std::string::npos);
  LevelChoice elsewhere = level_of("CD27", "b_cell");
  elsewhere.panel = "two";
  EXPECT_NE(problem(elsewhere).find("is not a panel"), std::string::npos);
}

TEST(LevelChoices, LinearAndShownBordersAreTheSamePlace) {
  PlantedStudy planted = few_files(1);
  Recorder heard;
  const std::vector<PanelEvents> panels = planted.pooled(heard);
  LevelChoice linear = level_of("CD27", "b_cell", 1000.0);
  linear.is_linear = true;
  const Transform& transform = panels.front().transforms[3];
  const double shown =
      ShownScale(transform)(transform_value(transform_coefficients(transform), linear.at));
  const std::vector<SetBorder> borders = set_borders_of(
      {level_of("CD27", "b_cell", shown), linear, level_of("CD99", "")}, panels.front());
  ASSERT_EQ(borders.size(), 2U);
  EXPECT_NEAR(borders[0].at, borders[1].at, 1e-6);
}

TEST(LevelChoices, PrimarySubsetsMustBeKnown) {
  PlantedStudy planted = few_files(1);
  planted.study.compare.primary = {"dn", "memory_b"};
  EXPECT_NO_THROW(check_primary(planted.study, planted.knowledge));
  planted.study.compare.primary = {"dnn"};
  EXPECT_THROW(check_primary(planted.study, planted.knowledge), InputError);
}

/// A model of three files, and one more file that is put onto it.
class AgainstAModel : public ::testing::Test {
 protected:
  AgainstAModel() : planted_(few_files(3)) {
    Recorder heard;
    Pieces none;
    const std::vector<PanelAnalysis> panels =
        train_panels(planted_.pooled(heard), {}, planted_.knowledge, planted_.analysis_options(),
                     none, *planted_.backend, heard);
    model_ = freeze(panels.front());
    planted_.study.samples.resize(1);
    planted_.options.frozen = &model_;
  }
  void scale_by(float factor) {
    for (std::vector<float>& values : file_of(planted_, 0).values) {
      for (float& value : values) value *= factor;
    }
  }
  PlantedStudy planted_;
  PanelModel model_;
};

TEST_F(AgainstAModel, TheSameFileIsTakenWithoutAWord) {
  Recorder heard;
  const std::vector<PanelEvents> panels = planted_.pooled(heard);
  EXPECT_EQ(panels.front().transforms, model_.transforms);
  EXPECT_TRUE(heard.warnings.empty()) << heard.warnings.front();
}

TEST_F(AgainstAModel, AFileThatLacksAMarkerIsRefused) {
  file_of(planted_, 0).channels[3].stain = "";
  EXPECT_NE(refusal_of(planted_).find("lacks CD27"), std::string::npos);
}

TEST_F(AgainstAModel, TransformedValuesAreRefused) {
  for (std::vector<float>& values : file_of(planted_, 0).values) {
    for (float& value : values) value = std::asinh(value / 150.0F);
  }
  EXPECT_NE(refusal_of(planted_).find("values are transformed already"), std::string::npos);
}

TEST_F(AgainstAModel, BrighterAndDimmerFilesAreNamedAndFarOnesRefused) {
  scale_by(300.0F);
  Recorder brighter;
  (void)planted_.pooled(brighter);
  EXPECT_TRUE(says(brighter.warnings, "the brightest cells in most markers lie above all"));
  scale_by(300.0F);
  EXPECT_NE(refusal_of(planted_).find("far above all that the model was trained on"),
            std::string::npos);
  scale_by(1.0F / 300.0F / 300.0F / 60.0F);
  Recorder heard;
  (void)planted_.pooled(heard);
  EXPECT_TRUE(says(heard.warnings, "look at this file"));
}

}  // namespace
}  // namespace gateless::stages
