// The same study again: by a frozen model, from parts, and from what an interrupted run has kept. It finds the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/stages/mapping.hpp"
#include "tests/stages/trained_study.hpp"

namespace gateless::stages {
namespace {

using StudyAgain = TrainedStudy;

Model model_of(const StudyAnalysis& found) {
  Model model;
  for (const PanelAnalysis& panel : found.panels) model.panels.push_back(freeze(panel));
  return model;
}

void expect_same(const PanelAnalysis& one, const PanelAnalysis& other) {
  EXPECT_EQ(one.calls.subset_of_event, other.calls.subset_of_event);
  ASSERT_EQ(one.maps.size(), other.maps.size());
  for (std::size_t map = 0; map < one.maps.size(); ++map) {
    EXPECT_EQ(one.maps[map].first, other.maps[map].first);
    EXPECT_EQ(one.maps[map].chosen, other.maps[map].chosen);
    EXPECT_EQ(one.maps[map].clustering.node_of_event, other.maps[map].clustering.node_of_event);
    EXPECT_EQ(one.maps[map].clustering.stability, other.maps[map].clustering.stability);
  }
  ASSERT_EQ(one.clusters.size(), other.clusters.size());
  for (std::size_t row = 0; row < one.clusters.size(); ++row) {
    EXPECT_EQ(one.clusters[row].subset, other.clusters[row].subset);
    EXPECT_EQ(one.clusters[row].events, other.clusters[row].events);
  }
}

TEST_F(StudyAgain, FrozenModelFindsTheSameInTheSameFiles) {
  Recorder heard;
  const Model model = model_of(*found_);
  std::vector<FileSummary> headers;
  for (const Sample& sample : planted_->study.samples) {
    FileSummary header;
    header.readable = true;
    header.channels = planted_->files.at(sample.path).channels;
    headers.push_back(header);
  }
  const std::vector<PanelAnalysis> again =
      map_samples(planted_->study.samples, headers, planted_->read(), model, planted_->knowledge,
                  planted_->options, *planted_->backend, heard);
  ASSERT_EQ(again.size(), 1U);
  expect_same(again.front(), panel());
  EXPECT_EQ(heard.overlaps, 0);

  headers.front().channels.pop_back();
  EXPECT_THROW((void)map_samples(planted_->study.samples, headers, planted_->read(), model,
                                 planted_->knowledge, planted_->options, *planted_->backend, heard),
               InputError);
}

TEST_F(StudyAgain, PartsPutTogetherAreTheStudy) {
  Recorder heard;
  const std::vector<PanelAnalysis> again =
      map_parts(planted_->study.samples, {{"part", part_of(*found_, "sum")}}, model_of(*found_),
                planted_->knowledge, 2, *planted_->backend, heard);
  ASSERT_EQ(again.size(), 1U);
  expect_same(again.front(), panel());

  const Part part = part_of(*found_, "sum");
  EXPECT_THROW(
      (void)map_parts(planted_->study.samples, {{"one", part}, {"two", part}}, model_of(*found_),
                      planted_->knowledge, 2, *planted_->backend, heard),
      InputError)
      << "a sample in two parts";
  EXPECT_THROW((void)map_parts(planted_->study.samples, {}, model_of(*found_), planted_->knowledge,
                               2, *planted_->backend, heard),
               InputError)
      << "samples in no part";
}

TEST_F(StudyAgain, FinishedPanelsAreMappedAndNotTrained) {
  Recorder heard;
  PiecesInMemory pieces;
  const std::vector<PanelAnalysis> again =
      train_panels(planted_->pooled(heard), model_of(*found_).panels, planted_->knowledge,
                   planted_->analysis_options(), pieces, *planted_->backend, heard);
  EXPECT_TRUE(pieces.names.empty());
  EXPECT_EQ(std::count(heard.stages.begin(), heard.stages.end(), Stage::kCluster), 0);
  expect_same(again.front(), panel());
}

/// A run that was killed after some pieces finds the same, and keeps what was missing.
TEST_F(StudyAgain, GoesOnAfterAnyPiece) {
  const std::size_t all = pieces_->names.size();
  ASSERT_GE(all, 10U);
  for (const std::size_t kept : {std::size_t{2}, all / 2, all - 2, all}) {
    Recorder heard;
    PiecesInMemory pieces = pieces_->first(kept);
    const std::vector<PanelAnalysis> again =
        train_panels(planted_->pooled(heard), {}, planted_->knowledge, planted_->analysis_options(),
                     pieces, *planted_->backend, heard);
    expect_same(again.front(), panel());
    EXPECT_EQ(again.front().plane.events.x, panel().plane.events.x);
    EXPECT_EQ(again.front().calls.confidence, panel().calls.confidence);
    EXPECT_EQ(to_json(again.front().subsets), to_json(panel().subsets));
    EXPECT_GT(pieces.taken, 0U);
    EXPECT_EQ(pieces.names, pieces_->names) << "after " << kept << " pieces";
  }
}

/// A run that was killed within a loop goes on at the turn that it was at.
TEST_F(StudyAgain, GoesOnWithinALoop) {
  for (const std::string name : {"panel 1 resamples", "panel 1 levels so far"}) {
    const auto& versions = pieces_->versions.at(name);
    ASSERT_GE(versions.size(), 2U) << name;
    const auto place = std::find(pieces_->names.begin(), pieces_->names.end(), name);
    Recorder heard;
    PiecesInMemory pieces =
        pieces_->first(static_cast<std::size_t>(place - pieces_->names.begin()) + 1);
    pieces.bytes.at(name) = versions.front();
    const std::vector<PanelAnalysis> again =
        train_panels(planted_->pooled(heard), {}, planted_->knowledge, planted_->analysis_options(),
                     pieces, *planted_->backend, heard);
    expect_same(again.front(), panel());
    EXPECT_EQ(to_json(again.front().subsets), to_json(panel().subsets));
    EXPECT_EQ(pieces.versions.at(name).size(), versions.size() - 1) << name;
  }
}

TEST_F(StudyAgain, DamagedPiecesAreMadeAgain) {
  for (const std::string name : {"panel 1 map", "panel 1 levels", "panel 1 plane"}) {
    Recorder heard;
    PiecesInMemory pieces = pieces_->first(pieces_->names.size());
    pieces.bytes.at(name).resize(pieces.bytes.at(name).size() / 2);
    const std::vector<PanelAnalysis> again =
        train_panels(planted_->pooled(heard), {}, planted_->knowledge, planted_->analysis_options(),
                     pieces, *planted_->backend, heard);
    expect_same(again.front(), panel());
    EXPECT_EQ(pieces.bytes.at(name).size(), pieces_->bytes.at(name).size()) << name;
  }
}

TEST_F(StudyAgain, FingerprintIsOfInputsAndSettings) {
  Recorder heard;
  std::vector<PanelEvents> panels = planted_->pooled(heard);
  const std::string sum = fingerprint_of_model("settings", planted_->knowledge, panels);
  EXPECT_EQ(fingerprint_of_model("settings", planted_->knowledge, panels), sum);
  EXPECT_NE(fingerprint_of_model("others", planted_->knowledge, panels), sum);
  panels.front().samples.front().sha256 += "changed";
  EXPECT_NE(fingerprint_of_model("settings", planted_->knowledge, panels), sum);
}

}  // namespace
}  // namespace gateless::stages
