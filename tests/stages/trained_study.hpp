// A planted study from files in memory to calls, trained once for all tests of a suite.
#pragma once

#include <gtest/gtest.h>

#include "host/stages/train.hpp"
#include "tests/stages/pieces_in_memory.hpp"
#include "tests/stages/planted_study.hpp"

namespace gateless::stages {

/// Trained once for all tests of the suite.
class TrainedStudy : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    planted_ = new PlantedStudy(planted_study());
    heard_ = new Recorder;
    found_ = new StudyAnalysis;
    found_->knowledge = planted_->knowledge;
    found_->samples = planted_->study.samples;
    pieces_ = new PiecesInMemory;
    found_->panels =
        train_panels(planted_->pooled(*heard_), {}, planted_->knowledge,
                     planted_->analysis_options(), *pieces_, *planted_->backend, *heard_);
  }
  static void TearDownTestSuite() {
    delete found_;
    delete pieces_;
    delete heard_;
    delete planted_;
  }
  static const PanelAnalysis& panel() { return found_->panels.front(); }

  static inline PlantedStudy* planted_ = nullptr;
  static inline Recorder* heard_ = nullptr;
  static inline StudyAnalysis* found_ = nullptr;
  static inline PiecesInMemory* pieces_ = nullptr;
};

}  // namespace gateless::stages
