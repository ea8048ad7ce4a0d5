// Proposals of the tensor cores, run by the simulated GPU: the bytes of the reference at and near ties, for sums as every
// published model has them and for the worst that their bound allows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/compute/kernel_pass.hpp"

namespace gateless::compute {
namespace {

using simulated::TensorSums;

/// Events at and beside the borders between nodes, at most `units` float32 units away.
MadeEvents near_ties(const Matrix<float>& codebook, std::size_t count, int units) {
  MadeEvents events(codebook.columns(), count);
  const Philox random(5, 2);
  for (std::size_t event = 0; event < count; ++event) {
    const auto a = codebook.row(random.below(codebook.rows(), 2 * event));
    const auto b = codebook.row(random.below(codebook.rows(), 2 * event + 1));
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      float middle = 0.5F * (a[marker] + b[marker]);
      const std::uint64_t steps =
          random.below(static_cast<std::uint64_t>(2 * units + 1), (event + count) * 128 + marker);
      for (std::uint64_t step = 0; step < steps; ++step) {
        middle = std::nextafter(middle, step % 2 == 0 ? 200.0F : -200.0F);
      }
      events.at(marker, event) = middle;
    }
  }
  return events;
}

void expect_proposals_hold(EventView events, const Matrix<float>& codebook) {
  for (const TensorSums sums : simulated::kEveryTensorSums) {
    const Outcome outcome =
        pass_of(events, codebook, {.nearest_by = NearestBy::kProposal, .tensor_sums = sums});
    SCOPED_TRACE(testing::Message() << "tensor sums " << static_cast<int>(sums));
    ASSERT_EQ(outcome.plan.nearest_by, NearestBy::kProposal);
    expect_reference(events, codebook, outcome);
  }
}

TEST(Proposals, GiveTheBytesOfTheReferenceNearTies) {
  for (const std::size_t markers : {2U, 8U, 20U, 50U, 127U}) {
    const Matrix<float> codebook = uniform_codebook(40, markers, markers);
    for (const int units : {0, 1, 1000}) {
      const MadeEvents events = near_ties(codebook, 300, units);
      SCOPED_TRACE(testing::Message() << markers << " markers, " << units << " units");
      expect_proposals_hold(events.view(), codebook);
    }
  }
}

TEST(Proposals, GiveTheBytesOfTheReferenceForDuplicatesAndNearDuplicates) {
  const MadeEvents events = uniform_events(12, 400, -1.0, 1.0, 6);
  Matrix<float> codebook = uniform_codebook(60, 12, 6);
  for (std::size_t node = 20; node < 40; ++node) {
    std::copy(codebook.row(node - 20).begin(), codebook.row(node - 20).end(),
              codebook.row(node).begin());
  }
  for (std::size_t node = 40; node < 60; ++node) {
    for (std::size_t marker = 0; marker < 12; ++marker) {
      codebook(node, marker) = std::nextafter(codebook(node - 40, marker), 2.0F);
    }
  }
  expect_proposals_hold(events.view(), codebook);
  expect_proposals_hold(events.view(), Matrix<float>(33, 12, 0.25F));
  expect_proposals_hold(events.view(), Matrix<float>(33, 12, 0.0F));
}

TEST(Proposals, GiveTheBytesOfTheReferenceAtTheEndsOfTheirRange) {
  for (const auto& [offset, width] :
       {std::pair{100.0, 27.0}, std::pair{-126.9, 0.1}, std::pair{0.0, 1e-4}, std::pair{0.0, 1e-9},
        std::pair{0.0, 1e-30}, std::pair{0.0, 1e-42}}) {
    SCOPED_TRACE(testing::Message() << offset << " +- " << width);
    const MadeEvents events = uniform_events(9, 300, offset - width, offset + width, 4);
    Matrix<float> codebook = uniform_codebook(40, 9, 4);
    for (float& weight : codebook.values()) {
      weight = static_cast<float>(offset + width * double{weight});
    }
    expect_proposals_hold(events.view(), codebook);
    for (float& weight : codebook.values()) weight = std::clamp(weight * 8.0F, -1024.0F, 1024.0F);
    expect_proposals_hold(events.view(), codebook);
  }
}

TEST(Proposals, WouldBeWrongWithoutTheirBound) {
  const Matrix<float> codebook = uniform_codebook(40, 20, 20);
  const MadeEvents events = near_ties(codebook, 600, 1000);
  const Choice trusting{
      .nearest_by = NearestBy::kProposal, .tensor_sums = TensorSums::kAdversarial, .bound = 0.0F};
  const Choice proven{.nearest_by = NearestBy::kProposal, .tensor_sums = TensorSums::kAdversarial};
  const Outcome wrong = pass_of(events.view(), codebook, trusting);
  const Outcome right = pass_of(events.view(), codebook, proven);
  expect_reference(events.view(), codebook, right);
  EXPECT_NE(wrong.labels, right.labels);
  EXPECT_GT(right.remeasured, 0U);
}

TEST(Proposals, MeasureFewEventsAgainAwayFromTies) {
  // Nodes with noise of a fifth of their distances around them, as clusters of cells have.
  const Matrix<float> codebook = uniform_codebook(100, 20, 9);
  MadeEvents events(20, 2000);
  const Philox random(8, 8);
  for (std::size_t event = 0; event < 2000; ++event) {
    const auto node = codebook.row(random.below(100, event));
    for (std::size_t marker = 0; marker < 20; ++marker) {
      const double noise =
          random.uniform(event * 20 + marker) - random.uniform(9999999 + event * 20 + marker);
      events.at(marker, event) = node[marker] + static_cast<float>(0.2 * noise);
    }
  }
  const Outcome outcome = pass_of(events.view(), codebook, {.nearest_by = NearestBy::kProposal});
  expect_reference(events.view(), codebook, outcome);
  EXPECT_LT(outcome.remeasured, 20U);
}

}  // namespace
}  // namespace gateless::compute
