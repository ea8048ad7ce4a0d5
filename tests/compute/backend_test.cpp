// Every backend of the build against the reference: the same bytes, whatever the shape, threads and tiles.
#include "host/compute/backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "host/compute/reference_backend.hpp"
#include "host/core/error.hpp"
#include "tests/compute/candidates.hpp"
#include "tests/compute/made_events.hpp"

namespace gateless::compute {
namespace {

class Backends : public OnEveryBackend {
 protected:
  /// Sums, counts and labels equal those of the reference for this choice of threads and tiles.
  static void expect_same(EventView events, const Matrix<float>& codebook, const Scaling& scaling,
                          const BackendOptions& options) {
    const auto expected = make_reference_backend()->load(events, scaling);
    const auto found = GetParam().make(options)->load(events, scaling);
    const NodeSums expected_sums = expected->pass(codebook);
    for (int repetition = 0; repetition < 2; ++repetition) {  // a pass leaves nothing behind
      const NodeSums sums = found->pass(codebook);
      EXPECT_EQ(sums.counts, expected_sums.counts);
      EXPECT_TRUE(sums.sums == expected_sums.sums);
    }
    std::vector<NodeIndex> expected_nodes(events.events);
    std::vector<NodeIndex> nodes(events.events + 1, 4711);
    expected->assign(codebook, expected_nodes);
    found->assign(codebook, nodes);
    EXPECT_EQ(nodes.back(), 4711) << "written past the end";
    nodes.pop_back();
    EXPECT_EQ(nodes, expected_nodes);
  }

  static void expect_same(EventView events, const Matrix<float>& codebook) {
    expect_same(events, codebook, scaling_of(events, 1), {});
  }
};

TEST_P(Backends, AgreeForAnyShape) {
  struct Shape {
    std::size_t events, markers, nodes;
  };
  for (const Shape shape :
       {Shape{0, 3, 5}, Shape{1, 1, 1}, Shape{5, 2, 3}, Shape{15, 1, 7}, Shape{16, 4, 6},
        Shape{17, 5, 12}, Shape{63, 7, 13}, Shape{64, 8, 1}, Shape{65, 9, 100}, Shape{129, 16, 5},
        Shape{1000, 20, 100}, Shape{1001, 31, 400}, Shape{333, 33, 101}, Shape{200, 127, 25},
        Shape{300, 128, 36}, Shape{257, 10, 4096}, Shape{70, 100, 1030}}) {
    SCOPED_TRACE(testing::Message() << shape.events << " events, " << shape.markers << " markers, "
                                    << shape.nodes << " nodes");
    const MadeEvents events = uniform_events(shape.markers, shape.events, -4.0, 6.0, shape.events);
    expect_same(events.view(), uniform_codebook(shape.nodes, shape.markers, shape.nodes));
  }
}

TEST_P(Backends, AgreeForAnyThreadsAndTiles) {
  const MadeEvents events = uniform_events(12, 1003, 0.0, 5.0, 3);
  const Matrix<float> codebook = uniform_codebook(20, 12, 3);
  const Scaling scaling = scaling_of(events.view(), 1);
  for (const std::size_t threads : {1U, 2U, 3U}) {
    for (const std::size_t tile_events : {1U, 100U, 64U, 4096U, 100000U}) {
      SCOPED_TRACE(testing::Message() << threads << " threads, tiles of " << tile_events);
      expect_same(events.view(), codebook, scaling,
                  {.threads = threads, .tile_events = tile_events});
    }
  }
}

TEST_P(Backends, AgreeWhereMemoryHoldsOnlyTiles) {
  const MadeEvents events = uniform_events(6, 3001, -1.0, 1.0, 4);
  for (const std::size_t tile_events :
       {0U, 64U, 1000U}) {  // no tile, many, and a last one that is short
    expect_same(events.view(), uniform_codebook(30, 6, 5), scaling_of(events.view(), 1),
                {.threads = 2, .tile_events = tile_events, .memory_gib = 1e-9});
  }
}

TEST_P(Backends, GiveTiesToTheLowestIndex) {
  MadeEvents events(2, 500);
  for (std::size_t event = 0; event < 500; ++event) {  // a lattice whose cells share borders
    events.at(0, event) = static_cast<float>(event % 9) / 4.0F - 1.0F;
    events.at(1, event) = static_cast<float>(event % 5) / 2.0F - 1.0F;
  }
  for (const std::size_t copies : {2U, 3U, 8U, 40U}) {
    Matrix<float> codebook(9 * copies, 2);  // the nine cells' corners, each one several times
    for (std::size_t node = 0; node < codebook.rows(); ++node) {
      codebook(node, 0) = static_cast<float>(node % 3) - 1.0F;
      codebook(node, 1) = static_cast<float>(node / 3 % 3) - 1.0F;
    }
    expect_same(events.view(), codebook, {{0.0F, 0.0F}, 1.0F}, {});
    std::vector<NodeIndex> nodes(500);
    GetParam().make({})->load(events.view(), {{0.0F, 0.0F}, 1.0F})->assign(codebook, nodes);
    for (const NodeIndex node : nodes) EXPECT_LT(node, 9) << "a copy won over its original";
  }
}

TEST_P(Backends, FindTheSameWhereTheNearestOfSomeNodesIsKnown) {
  struct Shape {
    std::size_t events, markers, nodes, known;
  };
  for (const Shape shape : {Shape{0, 3, 5, 2}, Shape{5, 2, 3, 1}, Shape{65, 9, 100, 99},
                            Shape{1000, 20, 64, 6}, Shape{333, 33, 50, 17}, Shape{70, 5, 6, 6}}) {
    SCOPED_TRACE(testing::Message() << shape.events << " events, " << shape.nodes << " nodes, "
                                    << shape.known << " known");
    const MadeEvents events = uniform_events(shape.markers, shape.events, -4.0, 6.0, shape.nodes);
    const Scaling scaling = scaling_of(events.view(), 1);
    Matrix<float> codebook = uniform_codebook(shape.nodes, shape.markers, shape.nodes);
    // The last is a copy: the first of two that are equally near stays.
    std::copy(codebook.row(0).begin(), codebook.row(0).end(),
              codebook.row(shape.nodes - 1).begin());
    Matrix<float> first(shape.known, shape.markers);
    std::copy_n(codebook.values().begin(), first.values().size(), first.values().begin());
    std::vector<NodeIndex> expected(shape.events), nodes(shape.events);
    make_reference_backend()->load(events.view(), scaling)->assign(codebook, expected);
    const auto found = GetParam().make({.threads = 2})->load(events.view(), scaling);
    found->assign(first, nodes);
    found->assign_added(codebook, shape.known, nodes);
    EXPECT_EQ(nodes, expected);
  }
}

TEST_P(Backends, AgreeWhereAllNodesAreTheSame) {
  const MadeEvents events = uniform_events(3, 200, -1.0, 1.0, 8);
  expect_same(events.view(), Matrix<float>(50, 3, 0.25F));
}

TEST_P(Backends, AgreeForAnyRange) {
  const Matrix<float> codebook = uniform_codebook(30, 4, 6);
  for (const auto& [low, high] : {std::pair{-1e-20, 1e-20}, std::pair{1e6, 1e6 + 4.0},
                                  std::pair{-262144.0, 262144.0}, std::pair{-3e38, 3e38}}) {
    SCOPED_TRACE(testing::Message() << low << " to " << high);
    expect_same(uniform_events(4, 777, low, high, 9).view(), codebook);
  }
}

TEST_P(Backends, AgreeForEventsFarOutsideTheirScaling) {
  const MadeEvents events = uniform_events(4, 300, -1e5, 1e5, 10);
  expect_same(events.view(), uniform_codebook(20, 4, 7), {{0.0F, 1.0F, 2.0F, 3.0F}, 1.0F}, {});
}

TEST_P(Backends, AgreeForConstantMarkers) {
  MadeEvents events = uniform_events(3, 300, 0.0, 1.0, 12);
  for (std::size_t event = 0; event < 300; ++event) events.at(1, event) = 42.0F;
  expect_same(events.view(), uniform_codebook(20, 3, 2));
}

TEST_P(Backends, AgreeForCodebooksFarOutside) {
  const MadeEvents events = uniform_events(2, 100, -1.0, 1.0, 13);
  Matrix<float> codebook = uniform_codebook(8, 2, 2);
  codebook(0, 0) = 3e38F;  // half norm overflows to infinity: such a node is never nearer
  codebook(5, 1) = -2e25F;
  expect_same(events.view(), codebook);
  for (float& weight : codebook.values()) weight = 3e38F;
  expect_same(events.view(), codebook);  // none is nearer than infinity: node 0
}

TEST_P(Backends, SumEveryEventExactlyOnce) {
  const MadeEvents events = uniform_events(3, 10007, -2.0, 3.0, 14);
  const Scaling scaling = scaling_of(events.view(), 1);
  const auto resident = GetParam().make({})->load(events.view(), scaling);
  const NodeSums one = resident->pass(uniform_codebook(1, 3, 1));
  const NodeSums many = resident->pass(uniform_codebook(200, 3, 1));
  EXPECT_EQ(one.counts[0], 10007U);
  EXPECT_EQ(std::accumulate(many.counts.begin(), many.counts.end(), std::uint64_t{0}), 10007U);
  for (std::size_t marker = 0; marker < 3; ++marker) {
    std::int64_t total = 0;
    for (std::size_t node = 0; node < 200; ++node) total += many.sums(node, marker);
    EXPECT_EQ(total, one.sums(0, marker));
  }
}

TEST_P(Backends, DoNotChangeWhenMarkersAndNodesArePadded) {
  // Two more markers that are zero everywhere add exact zeros to every distance.
  const MadeEvents narrow = uniform_events(6, 400, -1.0, 1.0, 15);
  MadeEvents wide(8, 400);
  for (std::size_t marker = 0; marker < 8; ++marker) {
    for (std::size_t event = 0; event < 400; ++event) {
      wide.at(marker, event) = marker < 6 ? narrow.view().marker(marker)[event] : 0.0F;
    }
  }
  const Matrix<float> codebook = uniform_codebook(10, 6, 4);
  Matrix<float> wide_codebook(10, 8);
  for (std::size_t node = 0; node < 10; ++node) {
    std::copy_n(codebook.row(node).begin(), 6, wide_codebook.row(node).begin());
  }
  std::vector<NodeIndex> nodes(400);
  std::vector<NodeIndex> wide_nodes(400);
  const auto backend = GetParam().make({});
  backend->load(narrow.view(), {std::vector<float>(6), 1.0F})->assign(codebook, nodes);
  backend->load(wide.view(), {std::vector<float>(8), 1.0F})->assign(wide_codebook, wide_nodes);
  EXPECT_EQ(nodes, wide_nodes);
}

TEST_P(Backends, RefuseShapesTheyCannotCompute) {
  const auto backend = GetParam().make({});
  const MadeEvents events = uniform_events(2, 10, 0.0, 1.0, 1);
  EXPECT_THROW((void)backend->load(MadeEvents(0, 10).view(), {}), UsageError);
  EXPECT_THROW((void)backend->load(uniform_events(129, 2, 0.0, 1.0, 1).view(),
                                   {std::vector<float>(129), 1.0F}),
               UsageError);
  EXPECT_THROW((void)backend->load(events.view(), {{0.0F}, 1.0F}), UsageError);
  const auto resident = backend->load(events.view(), {{0.0F, 0.0F}, 1.0F});
  EXPECT_THROW((void)resident->pass(Matrix<float>(0, 2)), UsageError);
  EXPECT_THROW((void)resident->pass(Matrix<float>(3, 1)), UsageError);
  EXPECT_THROW((void)resident->pass(Matrix<float>(kMaxNodes + 1, 2)), UsageError);
}

TEST_P(Backends, NameTheValueThatIsNotFinite) {
  MadeEvents events = uniform_events(2, 100, 0.0, 1.0, 1);
  events.at(1, 37) = NAN;
  try {
    (void)GetParam().make({})->load(events.view(), {{0.0F, 0.0F}, 1.0F});
    FAIL() << "loaded";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("marker 2, pooled event 37"), std::string::npos)
        << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Build, Backends, testing::ValuesIn(candidates()),
                         [](const auto& candidate) { return candidate.param.name; });

TEST(BackendRegistry, KnowsItsNames) {
  EXPECT_EQ(make_backend("reference", {})->name(), "reference");
  EXPECT_EQ(make_backend("cpu", {.threads = 3})->name(), "cpu");
  EXPECT_THROW((void)make_backend("gpu", {}), UsageError);
}

TEST(BackendRegistry, TakesTheGpuWhereOneAnswersAndElseTheCpu) {
  EXPECT_EQ(make_backend("auto", {})->name(), describe_cuda().available ? "cuda" : "cpu");
}

TEST(BackendRegistry, SaysWhyABackendIsMissing) {
  std::vector<std::string> names;
  for (const BackendInfo& info : list_backends()) {
    names.push_back(info.name);
    EXPECT_EQ(info.available, info.reason.empty()) << info.name;
    EXPECT_EQ(info.available, info.memory_gib > 0.0) << info.name;
    EXPECT_EQ(info.available, !info.device.empty()) << info.name;
    if (!info.available) {
      try {
        (void)make_backend(info.name, {});
        FAIL() << info.name << " was made";
      } catch (const DeviceError& error) {
        EXPECT_NE(std::string(error.what()).find(info.reason), std::string::npos) << error.what();
      }
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"cuda", "cpu", "reference"}));
}

}  // namespace
}  // namespace gateless::compute
