// The arithmetic of a GPU thread, run on the host over all threads of all blocks: the part of the cuda backend
// that can be wrong without a GPU being there to tell.
#include "cuda/node_chain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "host/compute/checks.hpp"
#include "host/compute/reference_backend.hpp"
#include "tests/compute/made_events.hpp"

namespace gateless {
namespace {

using cuda::kBlockEvents;
using cuda::kBlockThreads;
using cuda::kGroupNodes;
using cuda::kThreadEvents;
using cuda::NearestNodes;
using cuda::Quad;

/// [groups][1 + markers][kGroupNodes] as the kernel wants it, fillers infinitely far.
std::vector<Quad> grouped(const Matrix<float>& codebook) {
  const std::size_t group_nodes = kGroupNodes;
  const std::size_t groups = (codebook.rows() + group_nodes - 1) / group_nodes;
  const std::size_t rows = 1 + codebook.columns();
  const std::vector<float> half_norms = half_norms_of(codebook);
  std::vector<Quad> quads(groups * rows * group_nodes / 4);
  for (std::size_t node = 0; node < groups * group_nodes; ++node) {
    const auto cell = [&](std::size_t row) -> float& {
      const std::size_t index =
          (node / group_nodes * rows + row) * group_nodes + node % group_nodes;
      return quads[index / 4].value[index % 4];
    };
    const bool filler = node >= codebook.rows();
    cell(0) = filler ? std::numeric_limits<float>::infinity() : half_norms[node];
    for (std::size_t marker = 0; marker < codebook.columns(); ++marker) {
      cell(1 + marker) = filler ? 0.0F : codebook(node, marker);
    }
  }
  return quads;
}

/// The kernel's loops with the threads of a block one after another.
NodeSums emulated_pass(EventView scaled, const Matrix<float>& codebook) {
  const std::vector<Quad> quads = grouped(codebook);
  const std::size_t group_quads = (1 + scaled.markers) * kGroupNodes / 4;
  NodeSums result{Matrix<std::int64_t>(codebook.rows(), scaled.markers),
                  std::vector<std::uint64_t>(codebook.rows())};
  for (std::size_t first = 0; first < scaled.events; first += kBlockEvents) {
    for (std::size_t thread = 0; thread < kBlockThreads; ++thread) {
      std::size_t at[kThreadEvents];
      for (std::size_t event = 0; event < kThreadEvents; ++event) {
        at[event] = std::min(first + event * kBlockThreads + thread, scaled.events - 1);
      }
      NearestNodes nearest;
      nearest.start(std::numeric_limits<float>::infinity());
      for (std::size_t group = 0; group < quads.size() / group_quads; ++group) {
        nearest.look_at(quads.data() + group * group_quads, static_cast<int>(group) * kGroupNodes,
                        scaled.values, scaled.stride, static_cast<int>(scaled.markers), at);
      }
      for (std::size_t event = 0; event < kThreadEvents; ++event) {
        if (first + event * kBlockThreads + thread >= scaled.events) continue;
        const auto node = static_cast<std::size_t>(nearest.node[event]);
        result.counts[node] += 1;
        for (std::size_t marker = 0; marker < scaled.markers; ++marker) {
          const float value = scaled.marker(marker)[at[event]];
          result.sums(node, marker) += cuda::joined(cuda::split(cuda::fixed_point(value)));
        }
      }
    }
  }
  return result;
}

TEST(NodeChain, GivesTheBytesOfTheReference) {
  struct Shape {
    std::size_t events, markers, nodes;
  };
  for (const Shape shape : {Shape{1, 1, 1}, Shape{511, 3, 16}, Shape{513, 20, 100},
                            Shape{1500, 7, 33}, Shape{100, 128, 17}, Shape{600, 2, 1000}}) {
    const MadeEvents events = uniform_events(shape.markers, shape.events, -1.0, 1.0, shape.nodes);
    const Matrix<float> codebook = uniform_codebook(shape.nodes, shape.markers, shape.events);
    const Scaling unscaled{std::vector<float>(shape.markers), 1.0F};
    const auto reference = make_reference_backend()->load(events.view(), unscaled);
    EXPECT_TRUE(emulated_pass(events.view(), codebook) == reference->pass(codebook))
        << shape.events << " events, " << shape.markers << " markers, " << shape.nodes << " nodes";
  }
}

TEST(NodeChain, GivesTiesToTheLowestIndex) {
  const MadeEvents events = uniform_events(2, 300, -1.0, 1.0, 1);
  EXPECT_EQ(emulated_pass(events.view(), Matrix<float>(40, 2, 0.5F)).counts[0], 300U);
}

TEST(NodeChain, RoundsHalvesToEven) {
  EXPECT_EQ(cuda::fixed_point(0x1.0p-25F), 0);
  EXPECT_EQ(cuda::fixed_point(0x1.8p-24F), 2);
  EXPECT_EQ(cuda::fixed_point(-0x1.8p-24F), -2);
  EXPECT_EQ(cuda::fixed_point(127.0F), 127 * 16777216);
  EXPECT_EQ(cuda::fixed_point(-127.0F), -127 * 16777216);
}

TEST(NodeChain, SplitsAndJoinsAnyValue) {
  for (const std::int32_t value :
       {0, 1, -1, 65535, 65536, -65536, 127 * 16777216, -127 * 16777216}) {
    EXPECT_EQ(cuda::joined(cuda::split(value)), value);
  }
}

TEST(NodeChain, DoesNotOverflowBeforeItsSumsAreFlushed) {
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
