// Many ranks find what one finds, byte for byte: each reads its own samples, and all pass over the events.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/core/piece_values.hpp"
#include "host/stages/ranked_reading.hpp"
#include "host/stages/train.hpp"
#include "tests/compute/thread_ranks.hpp"
#include "tests/stages/pieces_in_memory.hpp"
#include "tests/stages/planted_study.hpp"

namespace gateless::stages {
namespace {

/// What is found in the planted study, as bytes; times are left out.
std::vector<std::byte> found_by(PlantedStudy& planted, Ranks& ranks) {
  Progress progress;
  Pieces none;
  planted.backend = make_ranked_backend(ranks, "cpu", {.threads = 1});
  RankedReaders readers(ranks);
  planted.options.readers = &readers;
  std::vector<PanelAnalysis> panels =
      train_panels(planted.pooled(progress), {}, planted.knowledge, planted.analysis_options(),
                   none, *planted.backend, progress);
  PiecesInMemory found;
  found.keep("all", [&](PieceWriter& to) {
    for (PanelAnalysis& panel : panels) {
      for (PopulationMap& map : panel.maps) {
        map.clustering.pass_seconds = 0.0;
        put(to, map.clustering);
        put(to, map.chosen);
      }
      put(to, panel.events);
      put(to, panel.subsets);
      put(to, panel.calls);
      put(to, panel.clusters);
      put(to, panel.plane);
    }
  });
  planted.backend.reset();
  return found.bytes.at("all");
}

TEST(RankedStudy, ManyRanksFindTheSameBytes) {
  PlantedStudy planted = planted_study();
  OneRank alone;
  const std::vector<std::byte> expected = found_by(planted, alone);
  ASSERT_GT(expected.size(), 100'000U);
  for (const std::size_t count : {2U, 5U, 64U}) {
    with_ranks(
        count,
        [&](Ranks& ranks) {
          EXPECT_TRUE(found_by(planted, ranks) == expected) << count << " ranks";
        },
        [](std::size_t) { return BackendMaker(make_backend); },
        [&] { return reading_workers(planted.read()); });
  }
}

TEST(RankedStudy, AFileThatARankCannotReadIsNamed) {
  PlantedStudy planted = planted_study();
  const std::string lost = planted.study.samples.back().path;
  planted.files.erase(lost);
  with_ranks(
      4,
      [&](Ranks& ranks) {
        for (int repetition = 0; repetition < 2; ++repetition) {
          try {
            (void)found_by(planted, ranks);
            ADD_FAILURE() << "read";
          } catch (const InputError& error) {
            EXPECT_NE(std::string(error.what()).find(lost + ": file not found"), std::string::npos);
          }
        }
        planted.backend.reset();
      },
      [](std::size_t) { return BackendMaker(make_backend); },
      [&] { return reading_workers(planted.read()); });
}

/// A reader that fails in another way than by a file ends the step on all ranks; the next order is served again.
TEST(RankedStudy, ABugOnAnotherRankIsToldByTheFirst) {
  PlantedStudy planted = planted_study();
  const ReadSample breaks = [](const Sample&) -> FileEvents { throw std::runtime_error("broke"); };
  with_ranks(
      3,
      [&](Ranks& ranks) {
        for (int repetition = 0; repetition < 2; ++repetition) {
          try {
            (void)found_by(planted, ranks);
            ADD_FAILURE() << "read";
          } catch (const std::runtime_error& error) {
            EXPECT_EQ(std::string(error.what()), "rank 1: broke");
          }
        }
        planted.backend.reset();
      },
      [](std::size_t) { return BackendMaker(make_backend); },
      [&] { return reading_workers(breaks); });
}

}  // namespace
}  // namespace gateless::stages
