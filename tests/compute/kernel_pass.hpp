// One pass of a kernel on the simulated GPU, and what the reference makes of the same events.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "cuda/pass_plan.hpp"
#include "host/compute/reference_backend.hpp"
#include "host/core/layers.hpp"
#include "tests/compute/made_events.hpp"
#include "tests/compute/simulated_gpu.hpp"

namespace gateless::compute {

inline constexpr std::size_t kSharedBytes = 232448;  // of a block, sm_90

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
  simulated::Order order = simulated::Order::kForward;
  simulated::TensorSums tensor_sums = simulated::TensorSums::kHopper;
  float bound = 1.0F;  ///< times the proven one
};

/// `events` are scaled already.
inline Outcome pass_of(EventView events, const Matrix<float>& codebook, const Choice& choice) {
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
  std::vector<std::uint32_t> open((events.events + 31) / 32, 0xA5A5A5A5U);
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
  pass.centers = values.centers.data();
  pass.tiles = (values.nodes + cuda::kTileNodes - 1) / cuda::kTileNodes;
  pass.bounds = values.bounds;
  for (float* part :
       {&pass.bounds.of_start, &pass.bounds.fixed, &pass.bounds.of_best, &pass.bounds.of_second}) {
    *part *= choice.bound;
  }
  pass.open = open.data();
  pass.sums_in = outcome.plan.sums_in;
  pass.sums = sums.data();
  pass.counts = counts.data();
  pass.labels = outcome.labels.data();
  const simulated::Launch launch{
      .blocks = choice.blocks, .order = choice.order, .tensor_sums = choice.tensor_sums};
  simulated::run_pass(outcome.plan, pass, launch);
  if (outcome.plan.nearest_by == NearestBy::kProposal && events.events > 0) {
    std::vector<std::uint32_t> list(events.events);
    std::uint32_t listed = 0;
    simulated::run_selection({open.data(), events.events, list.data(), &listed, nullptr, 0});
    const cuda::PassPlan chain = cuda::plan_listed(values, true, choice.shared_bytes);
    pass.list = list.data();
    pass.listed = &listed;
    pass.remeasured = &outcome.remeasured;
    pass.sums_in = chain.sums_in;
    simulated::run_pass(chain, pass, launch);
  }
  outcome.sums = {Matrix<std::int64_t>(codebook.rows(), codebook.columns()),
                  std::vector<std::uint64_t>(counts.begin(), counts.end())};
  std::copy(sums.begin(), sums.end(), outcome.sums.sums.values().begin());
  return outcome;
}

inline void expect_reference(EventView events, const Matrix<float>& codebook,
                             const Outcome& outcome) {
  const Scaling unscaled{std::vector<float>(events.markers), 1.0F};
  const auto reference = make_reference_backend()->load(events, unscaled);
  EXPECT_TRUE(outcome.sums == reference->pass(codebook));
  std::vector<NodeIndex> labels(events.events);
  reference->assign(codebook, labels);
  EXPECT_EQ(outcome.labels, labels);
}

}  // namespace gateless::compute
