// Every variant of the kernels, run by the simulated GPU: the bytes of the reference for any shape and any order of
// threads.
#include <gtest/gtest.h>

#include <vector>

#include "tests/compute/kernel_pass.hpp"

namespace gateless::compute {
namespace {

using cuda::SumsIn;
using simulated::Order;

/// Shared memory so small that the sums go to global memory.
std::size_t without_room_for_sums(const Matrix<float>& codebook, NearestBy nearest_by) {
  return cuda::plan_pass(cuda::packed(codebook), false, nearest_by, kSharedBytes).shared_bytes;
}

class EveryMarkerCount : public testing::TestWithParam<std::size_t> {};

TEST_P(EveryMarkerCount, GivesTheBytesOfTheReferenceInEveryVariant) {
  const std::size_t markers = GetParam();
  const MadeEvents events = uniform_events(markers, 1303, -1.0, 1.0, markers);
  const Matrix<float> codebook = uniform_codebook(37, markers, markers);
  for (const NearestBy nearest_by : {NearestBy::kChain, NearestBy::kProposal}) {
    for (const std::size_t shared_bytes :
         {kSharedBytes, without_room_for_sums(codebook, nearest_by)}) {
      const Outcome outcome = pass_of(events.view(), codebook,
                                      {.nearest_by = nearest_by, .shared_bytes = shared_bytes});
      SCOPED_TRACE(testing::Message() << markers << " markers, variant " << outcome.plan.variant
                                      << ", " << shared_bytes << " bytes");
      EXPECT_EQ(outcome.plan.nearest_by,
                markers < 128 ? nearest_by : NearestBy::kChain);  // registers end there
      EXPECT_EQ(outcome.plan.sums_in,
                shared_bytes == kSharedBytes ? SumsIn::kShared : SumsIn::kGlobal);
      expect_reference(events.view(), codebook, outcome);
    }
  }
}

// Both ends of every compiled variant.
INSTANTIATE_TEST_SUITE_P(DeviceKernels, EveryMarkerCount,
                         testing::Values(1, 8, 9, 12, 13, 15, 16, 17, 20, 21, 23, 24, 25, 28, 29,
                                         31, 32, 33, 39, 40, 55, 56, 71, 72, 103, 104, 127, 128));

TEST(DeviceKernels, AgreeForAnyNumberOfNodesAndEvents) {
  struct Shape {
    std::size_t events, markers, nodes;
  };
  for (const Shape shape :
       {Shape{1, 3, 1}, Shape{31, 3, 2}, Shape{32, 5, 4}, Shape{33, 4, 5}, Shape{511, 2, 7},
        Shape{512, 6, 8}, Shape{513, 3, 9}, Shape{1024, 2, 16}, Shape{1025, 2, 17},
        Shape{3000, 2, 33}, Shape{700, 20, 400}, Shape{70, 50, 1024}, Shape{40, 16, 4096}}) {
    const MadeEvents events = uniform_events(shape.markers, shape.events, -1.0, 1.0, shape.nodes);
    const Matrix<float> codebook = uniform_codebook(shape.nodes, shape.markers, shape.events);
    for (const NearestBy nearest_by : {NearestBy::kChain, NearestBy::kProposal}) {
      SCOPED_TRACE(testing::Message() << shape.events << " events, " << shape.markers
                                      << " markers, " << shape.nodes << " nodes");
      expect_reference(events.view(), codebook,
                       pass_of(events.view(), codebook, {.nearest_by = nearest_by, .blocks = 3}));
    }
  }
}

TEST(DeviceKernels, DoNotDependOnTheOrderOfThreadsAndBlocks) {
  const MadeEvents events = uniform_events(10, 2100, -1.0, 1.0, 3);
  for (const std::size_t nodes : {40U, 1200U}) {  // all of the codebook in shared memory, or parts
    const Matrix<float> codebook = uniform_codebook(nodes, 10, 4);
    for (const NearestBy nearest_by : {NearestBy::kChain, NearestBy::kProposal}) {
      const Outcome forward = pass_of(events.view(), codebook, {.nearest_by = nearest_by});
      for (const Order order : {Order::kBackward, Order::kShuffled}) {
        const Outcome other =
            pass_of(events.view(), codebook, {.nearest_by = nearest_by, .order = order});
        EXPECT_TRUE(other.sums == forward.sums);
        EXPECT_EQ(other.labels, forward.labels);
      }
    }
  }
}

TEST(DeviceKernels, AddUpNodesThatOwnAnyShareOfTheEvents) {
  for (const std::size_t of_ten : {0U, 2U, 5U, 9U, 10U}) {
    MadeEvents events = uniform_events(9, 1500, -1.0, 1.0, of_ten);
    for (std::size_t event = 0; event < 1500; ++event) {
      if (event * 7 % 10 >= of_ten) continue;
      for (std::size_t marker = 0; marker < 9; ++marker) events.at(marker, event) = -0.999F;
    }
    Matrix<float> codebook = uniform_codebook(50, 9, 1);
    for (float& weight : codebook.row(17)) weight = -1.0F;
    for (const NearestBy nearest_by : {NearestBy::kChain, NearestBy::kProposal}) {
      for (const std::size_t bytes : {kSharedBytes, without_room_for_sums(codebook, nearest_by)}) {
        const Outcome outcome =
            pass_of(events.view(), codebook, {.nearest_by = nearest_by, .shared_bytes = bytes});
        EXPECT_GE(outcome.sums.counts[17], 150 * of_ten);
        expect_reference(events.view(), codebook, outcome);
      }
    }
  }
}

TEST(DeviceKernels, FlushTheirBlocksBeforeTheirHalvesOverflow) {
  const std::size_t count = 2 * cuda::kSplitEvents + 99;
  for (const float value : {-126.99999F, 127.0F, -127.0F}) {
    const std::vector<float> values(count, value);
    const EventView events{values.data(), 1, count, count};
    for (const NearestBy nearest_by : {NearestBy::kChain, NearestBy::kProposal}) {
      const Outcome outcome =
          pass_of(events, Matrix<float>(1, 1), {.nearest_by = nearest_by, .blocks = 1});
      EXPECT_EQ(outcome.sums.counts[0], count);
      EXPECT_EQ(outcome.sums.sums(0, 0),
                static_cast<std::int64_t>(count) * static_cast<std::int64_t>(value * 16777216.0F));
    }
  }
}

}  // namespace
}  // namespace gateless::compute
