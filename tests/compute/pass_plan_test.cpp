// Which kernel a pass gets, that it fits what a block has, and the fixed point of its sums.
#include "cuda/pass_plan.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "cuda/node_chain.hpp"
#include "host/core/layers.hpp"
#include "tests/compute/kernel_pass.hpp"

namespace gateless::compute {
namespace {

TEST(PassPlan, ProposesWhereThatPaysAndTheCodebookAllows) {
  const auto nearest_by = [](std::size_t nodes, std::size_t markers, NearestBy wanted,
                             float largest = 1.0F) {
    Matrix<float> codebook = uniform_codebook(nodes, markers, 1);
    codebook(0, 0) = largest;
    const auto plan = cuda::plan_pass(cuda::packed(codebook), true, wanted, kSharedBytes);
    EXPECT_LE(plan.shared_bytes, kSharedBytes);
    return plan.nearest_by;
  };
  EXPECT_EQ(nearest_by(100, 20, NearestBy::kAuto), NearestBy::kChain);  // until it is measured
  EXPECT_EQ(nearest_by(100, 20, NearestBy::kProposalWhileFew), NearestBy::kProposal);
  EXPECT_EQ(nearest_by(1024, 50, NearestBy::kProposalWhileFew), NearestBy::kProposal);
  EXPECT_EQ(nearest_by(100, 20, NearestBy::kChain), NearestBy::kChain);
  EXPECT_EQ(nearest_by(100, 3, NearestBy::kProposalWhileFew), NearestBy::kChain);
  EXPECT_EQ(nearest_by(9, 20, NearestBy::kProposalWhileFew), NearestBy::kChain);
  EXPECT_EQ(nearest_by(9, 3, NearestBy::kProposal), NearestBy::kProposal);
  EXPECT_EQ(nearest_by(4096, 128, NearestBy::kProposal), NearestBy::kChain);  // does not fit
  EXPECT_EQ(nearest_by(100, 20, NearestBy::kProposal, 1025.0F), NearestBy::kChain);
  EXPECT_EQ(nearest_by(100, 20, NearestBy::kProposal, INFINITY), NearestBy::kChain);
  EXPECT_EQ(nearest_by(100, 20, NearestBy::kProposal, NAN), NearestBy::kChain);
}

TEST(PassPlan, FitsWhatABlockHasOnEveryDevice) {
  for (const std::size_t shared_bytes : {std::size_t{101376}, std::size_t{166912}, kSharedBytes}) {
    for (const std::size_t markers : {1U, 20U, 32U, 50U, 128U}) {
      for (const std::size_t nodes : {1U, 100U, 1024U, 4096U}) {
        const cuda::PackedCodebook codebook = cuda::packed(uniform_codebook(nodes, markers, 1));
        for (const NearestBy nearest_by : {NearestBy::kChain, NearestBy::kProposal}) {
          EXPECT_LE(cuda::plan_pass(codebook, true, nearest_by, shared_bytes).shared_bytes,
                    shared_bytes)
              << markers << " markers, " << nodes << " nodes";
        }
      }
    }
  }
}

// ---- the fixed point

TEST(FixedPoint, RoundsHalvesToEven) {
  EXPECT_EQ(cuda::fixed_point(0x1.0p-25F), 0);
  EXPECT_EQ(cuda::fixed_point(0x1.8p-24F), 2);
  EXPECT_EQ(cuda::fixed_point(-0x1.8p-24F), -2);
  EXPECT_EQ(cuda::fixed_point(127.0F), 127 * 16777216);
  EXPECT_EQ(cuda::fixed_point(-127.0F), -127 * 16777216);
}

TEST(FixedPoint, SplitsAndJoinsAnyValue) {
  for (const std::int32_t value :
       {0, 1, -1, 65535, 65536, -65536, 127 * 16777216, -127 * 16777216}) {
    EXPECT_EQ(cuda::joined(cuda::split(value)), value);
  }
}

TEST(FixedPoint, DoesNotOverflowBeforeSumsAreFlushed) {
  // low is largest for ...FFFF, high for the limits of the scaled values.
  for (const std::int32_t value : {127 * 16777216 - 1, -127 * 16777216, -127 * 16777216 + 65535}) {
    const std::int64_t high = std::int64_t{cuda::split(value).high} * cuda::kSplitEvents;
    const std::uint64_t low = std::uint64_t{cuda::split(value).low} * cuda::kSplitEvents;
    EXPECT_LE(std::abs(high), std::numeric_limits<std::int32_t>::max());
    EXPECT_LE(low, std::numeric_limits<std::uint32_t>::max());
  }
}

}  // namespace
}  // namespace gateless::compute
