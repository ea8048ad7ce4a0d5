// How many events proposals leave open on codebooks that were trained on those events: what makes proposals worth it. Real
// data sets: tests/bench/open_events.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "host/compute/cpu_backend.hpp"
#include "tests/bench/lloyd_step.hpp"
#include "tests/compute/kernel_pass.hpp"

namespace gateless::compute {
namespace {

/// Component c holds about 0.8 of what c - 1 holds.
std::size_t component_of(double unit) {
  double part = 0.2;
  std::size_t component = 0;
  while (component + 1 < 30 && unit >= part) {
    unit -= part;
    part *= 0.8;
    ++component;
  }
  return component;
}

/// The events of bench_device: 30 populations of unequal sizes.
MadeEvents populations(std::size_t markers, std::size_t count) {
  MadeEvents made(markers, count);
  const Philox events(1, 0);
  const Philox centers(1, 1);
  for (std::size_t event = 0; event < count; ++event) {
    const std::size_t component = component_of(events.uniform(event * 64));
    for (std::size_t marker = 0; marker < markers; ++marker) {
      const auto words = events.block(event * 64 + 1 + marker / 2);
      const float noise = static_cast<float>(words[marker % 2 * 2]) * 0x1p-32F -
                          static_cast<float>(words[marker % 2 * 2 + 1]) * 0x1p-32F;
      const double center = 1.2 * centers.uniform(component * 128 + marker) - 0.6;
      made.at(marker, event) = std::clamp(static_cast<float>(center) + 0.25F * noise, -1.0F, 1.0F);
    }
  }
  return made;
}

/// Cells as cytometers show them: most markers negative and narrow, some positive and wide, one dense population and rare
/// ones; the middle of the range is far from most values.
MadeEvents cells(std::size_t markers, std::size_t count) {
  MadeEvents made(markers, count);
  const Philox events(11, 0);
  const Philox types(11, 1);
  for (std::size_t event = 0; event < count; ++event) {
    const std::size_t type = component_of(events.uniform(event * 512));
    for (std::size_t marker = 0; marker < markers; ++marker) {
      const bool positive = types.uniform(type * 128 + marker) < 0.3;
      double noise = -1.5;  // of three, nearly normal
      for (std::size_t part = 0; part < 3; ++part)
        noise += events.uniform(event * 512 + 1 + marker * 3 + part);
      made.at(marker, event) =
          static_cast<float>(positive ? 0.4 + 0.3 * noise : -0.75 + 0.1 * noise);
    }
  }
  return made;
}

/// Of `looked_at` events, the part that is left open after so many passes of training on all of them.
double open_part(const MadeEvents& events, std::size_t nodes, int passes, std::size_t looked_at) {
  const EventView view = events.view();
  Matrix<float> codebook(nodes, view.markers);
  for (std::size_t node = 0; node < nodes; ++node) {
    for (std::size_t marker = 0; marker < view.markers; ++marker)
      codebook(node, marker) = view.marker(marker)[node * (view.events / nodes)];
  }
  const Scaling unscaled{std::vector<float>(view.markers), 1.0F};
  const auto resident = make_cpu_backend({.threads = 2})->load(view, unscaled);
  for (int pass = 0; pass < passes; ++pass)
    bench::move_to_means(resident->pass(codebook), codebook);
  const EventView some = view.slice(0, looked_at);
  const Outcome outcome = pass_of(some, codebook, {.nearest_by = NearestBy::kProposal});
  EXPECT_EQ(outcome.plan.nearest_by, NearestBy::kProposal);
  expect_reference(some, codebook, outcome);
  return static_cast<double>(outcome.remeasured) / static_cast<double>(looked_at);
}

TEST(OpenEvents, AreFewOnTrainedCodebooks) {
  EXPECT_LE(open_part(populations(20, 60000), 100, 1, 3000), 0.01);
  EXPECT_LE(open_part(populations(20, 60000), 100, 6, 3000), 0.01);
  EXPECT_LE(open_part(cells(20, 60000), 100, 6, 3000), 0.01);
  EXPECT_LE(open_part(cells(13, 60000), 256, 6, 1500), 0.01);
}

TEST(OpenEvents, AreFewOnLargeTrainedCodebooks) {
  EXPECT_LE(open_part(populations(50, 60000), 1024, 3, 800), 0.03);
}

}  // namespace
}  // namespace gateless::compute
