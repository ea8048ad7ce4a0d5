// Every variant of the kernels, run by the simulated GPU: the bytes of the reference for any shape, any order of
// threads, and any sums of the tensor cores that their bound allows.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cuda/pass_plan.hpp"
#include "host/compute/reference_backend.hpp"
#include "tests/compute/made_events.hpp"
#include "tests/compute/simulated_gpu.hpp"

namespace gateless {
namespace {

using cuda::SumsIn;
using simulated::Order;
using simulated::TensorSums;

constexpr std::size_t kSharedBytes = 232448;  // of a block, sm_90

struct Outcome {
  NodeSums sums;
  std::vector<NodeIndex> labels;
  unsigned long long remeasured = 0;
  cuda::PassPlan plan;
};

struct Choice {
  NearestBy nearest_by = NearestBy::kChain;
  std::size_t shared_bytes = kSharedBytes;
  unsigned blocks = 2;
  Order order = Order::kForward;
  TensorSums tensor_sums = TensorSums::kTruncated;
  float bound = 1.0F;  ///< times the proven one
};

/// `events` are scaled already.
Outcome pass_of(EventView events, const Matrix<float>& codebook, const Choice& choice) {
  const cuda::PackedCodebook values = cuda::packed(codebook);
  Outcome outcome;
  outcome.plan = cuda::plan_pass(values, true, choice.nearest_by, choice.shared_bytes);
  const std::size_t stride =
      (events.events + cuda::kLineFloats - 1) / cuda::kLineFloats * cuda::kLineFloats;
  struct alignas(128) Line {
    float values[cuda::kLineFloats];
  };
  std::vector<Line> lines(events.markers * stride / cuda::kLineFloats);
  float* const scaled = lines.empty() ? nullptr : lines.front().values;
  // Not a number past the last event: it must have no effect.
  std::fill_n(scaled, events.markers * stride, std::numeric_limits<float>::quiet_NaN());
  for (std::size_t marker = 0; marker < events.markers; ++marker) {
    std::copy_n(events.marker(marker).begin(), events.events, scaled + marker * stride);
  }
  std::vector<unsigned long long> sums(codebook.rows() * codebook.columns());
  std::vector<unsigned long long> counts(codebook.rows());
  outcome.labels.assign(events.events, 4711);
  cuda::DevicePass pass{};
  pass.events = scaled;
  pass.stride = stride;
  pass.count = events.events;
  pass.markers = values.markers;
  pass.nodes = values.nodes;
  pass.quads = static_cast<int>(values.quads.size()) / (1 + values.markers);
  pass.codebook = values.quads.data();
  pass.fragments = values.fragments.data();
  pass.half_norms = values.half_norms.data();
  pass.tiles = (values.nodes + cuda::kTileNodes - 1) / cuda::kTileNodes;
  pass.bounds = {values.bounds.weight_norm * choice.bound,
                 values.bounds.residue_norm * choice.bound, values.bounds.half_norm * choice.bound};
  pass.remeasured = &outcome.remeasured;
  pass.sums_in = outcome.plan.sums_in;
  pass.sums = sums.data();
  pass.counts = counts.data();
  pass.labels = outcome.labels.data();
  simulated::run_pass(
      outcome.plan, pass,
      {.blocks = choice.blocks, .order = choice.order, .tensor_sums = choice.tensor_sums});
  outcome.sums = {Matrix<std::int64_t>(codebook.rows(), codebook.columns()),
                  std::vector<std::uint64_t>(counts.begin(), counts.end())};
  std::copy(sums.begin(), sums.end(), outcome.sums.sums.values().begin());
  return outcome;
}

void expect_reference(EventView events, const Matrix<float>& codebook, const Outcome& outcome) {
  const Scaling unscaled{std::vector<float>(events.markers), 1.0F};
  const auto reference = make_reference_backend()->load(events, unscaled);
  EXPECT_TRUE(outcome.sums == reference->pass(codebook));
  std::vector<NodeIndex> labels(events.events);
  reference->assign(codebook, labels);
  EXPECT_EQ(outcome.labels, labels);
}

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
      EXPECT_EQ(outcome.plan.nearest_by, nearest_by);
      EXPECT_EQ(outcome.plan.sums_in,
                shared_bytes == kSharedBytes ? SumsIn::kShared : SumsIn::kGlobal);
      expect_reference(events.view(), codebook, outcome);
    }
  }
}

// Both ends of every compiled variant.
INSTANTIATE_TEST_SUITE_P(DeviceKernels, EveryMarkerCount,
                         testing::Values(1, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29, 32, 33,
                                         48, 49, 64, 65, 127, 128));

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
  for (const std::size_t nodes : {40U, 3000U}) {  // all of the codebook in shared memory, or parts
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

// ---- proposals

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
  for (const TensorSums sums :
       {TensorSums::kNearest, TensorSums::kTruncated, TensorSums::kAdversarial}) {
    const Outcome outcome =
        pass_of(events, codebook, {.nearest_by = NearestBy::kProposal, .tensor_sums = sums});
    SCOPED_TRACE(testing::Message() << "tensor sums " << static_cast<int>(sums));
    ASSERT_EQ(outcome.plan.nearest_by, NearestBy::kProposal);
    expect_reference(events, codebook, outcome);
  }
}

TEST(Proposals, GiveTheBytesOfTheReferenceNearTies) {
  for (const std::size_t markers : {2U, 8U, 20U, 50U, 128U}) {
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

// ---- plans

TEST(PassPlan, ProposesWhereThatPaysAndTheCodebookAllows) {
  const auto nearest_by = [](std::size_t nodes, std::size_t markers, NearestBy wanted,
                             float largest = 1.0F) {
    Matrix<float> codebook = uniform_codebook(nodes, markers, 1);
    codebook(0, 0) = largest;
    const auto plan = cuda::plan_pass(cuda::packed(codebook), true, wanted, kSharedBytes);
    EXPECT_LE(plan.shared_bytes, kSharedBytes);
    return plan.nearest_by;
  };
  EXPECT_EQ(nearest_by(100, 20, NearestBy::kAuto), NearestBy::kProposal);
  EXPECT_EQ(nearest_by(1024, 50, NearestBy::kAuto), NearestBy::kProposal);
  EXPECT_EQ(nearest_by(100, 20, NearestBy::kChain), NearestBy::kChain);
  EXPECT_EQ(nearest_by(100, 3, NearestBy::kAuto), NearestBy::kChain);
  EXPECT_EQ(nearest_by(9, 20, NearestBy::kAuto), NearestBy::kChain);
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
}  // namespace gateless
