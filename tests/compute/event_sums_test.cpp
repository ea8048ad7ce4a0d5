// Products and squares over events: by hand, and the kernels' own lines on the host.
#include "host/compute/event_sums.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "cuda/event_sums.hpp"
#include "host/core/layers.hpp"
#include "tests/compute/made_events.hpp"
#include "tests/compute/simulated_gpu.hpp"

namespace gateless::compute {
namespace {

TEST(EventSums, AreThoseOfHandCountedEvents) {
  MadeEvents events(2, 3);
  const float values[2][3] = {{0.5F, -0.25F, 9.0F}, {1.0F, 0.0F, -1.0F}};  // 9: clamped to 1
  for (std::size_t marker = 0; marker < 2; ++marker) {
    for (std::size_t event = 0; event < 3; ++event) {
      events.at(marker, event) = values[marker][event];
    }
  }
  const Scaling scaling{{0.0F, 0.0F}, 1.0F};
  const MarkerProducts products = products_of(events.view(), scaling, 1);
  EXPECT_EQ(products.sums, (std::vector<std::int64_t>{8192 - 4096 + 16384, 0}));
  EXPECT_EQ(products.products(0, 0), 8192LL * 8192 + 4096LL * 4096 + 16384LL * 16384);
  EXPECT_EQ(products.products(0, 1), 8192LL * 16384 - 16384LL * 16384);
  EXPECT_EQ(products.products(1, 1), 2 * 16384LL * 16384);

  const std::vector<NodeIndex> nodes{2, 0, 2};
  const NodeSquares squares = squares_of(events.view(), scaling, nodes, 3, 1);
  EXPECT_EQ(squares.sums(2, 0), 8192 + 16384);
  EXPECT_EQ(squares.squares(2, 1), 2 * 16384LL * 16384);
  EXPECT_EQ(squares.squares(0, 0), 4096LL * 4096);
  EXPECT_EQ(squares.sums(1, 0), 0);
}

TEST(EventSums, AreTheSameForAnyThreads) {
  const MadeEvents events = uniform_events(3, 600000, -2.0, 3.0, 5);  // more than two chunks
  const Scaling scaling = scaling_of(events.view(), 1);
  const MarkerProducts expected = products_of(events.view(), scaling, 1);
  EXPECT_TRUE(products_of(events.view(), scaling, 3) == expected);
}

// ---- the kernels' lines on the simulated GPU

void run_grid(unsigned blocks, std::size_t shared_bytes,
              const std::function<void(const simulated::Lane&)>& body) {
  simulated::run({.blocks = blocks,
                  .threads = cuda::kSumThreads,
                  .shared_bytes = shared_bytes,
                  .order = simulated::Order::kShuffled},
                 body);
}

cuda::DeviceEvents on_device(const EventView& events) {
  return {events.values, events.stride, events.events, static_cast<int>(events.markers)};
}

TEST(EventSumKernels, MultiplyAsTheHostDoes) {
  struct Shape {
    std::size_t markers, events;
    unsigned blocks;
  };
  for (const Shape shape : {Shape{1, 1, 1}, Shape{5, 63, 2}, Shape{31, 65, 1}, Shape{32, 130, 2},
                            Shape{20, 33000, 1}, Shape{70, 200, 4}, Shape{128, 64, 3}}) {
    SCOPED_TRACE(testing::Message() << shape.markers << " markers, " << shape.events << " events");
    const MadeEvents events = uniform_events(shape.markers, shape.events, -1.5, 1.5, shape.events);
    std::vector<cuda::Total> cells((shape.markers + 1) * (shape.markers + 1));
    const cuda::DeviceProducts job{on_device(events.view()), cells.data()};
    run_grid(shape.blocks, cuda::kPairSharedBytes,
             [&](const simulated::Lane& lane) { cuda::add_products(lane, job); });
    const Scaling unscaled{std::vector<float>(shape.markers), 1.0F};
    EXPECT_TRUE(cuda::marker_products(cells, shape.markers) ==
                products_of(events.view(), unscaled, 1));
  }
}

TEST(EventSumKernels, SquareAsTheHostDoes) {
  struct Shape {
    std::size_t markers, events, nodes;
    unsigned blocks;
  };
  for (const Shape shape : {Shape{1, 1, 1, 1}, Shape{7, 300, 100, 2}, Shape{3, 33000, 2, 1},
                            Shape{20, 500, 1024, 3}, Shape{2, 100, 4096, 1}}) {
    SCOPED_TRACE(testing::Message() << shape.markers << " markers, " << shape.nodes << " nodes");
    const MadeEvents events = uniform_events(shape.markers, shape.events, -1.5, 1.5, shape.events);
    std::vector<NodeIndex> labels(shape.events);
    for (std::size_t event = 0; event < shape.events; ++event) {
      labels[event] = static_cast<NodeIndex>(event * event % shape.nodes);
    }
    const std::size_t cells = shape.markers * shape.nodes;
    std::vector<cuda::Total> totals(2 * cells);
    const cuda::DeviceSquares job{on_device(events.view()), static_cast<int>(shape.nodes),
                                  labels.data(), totals.data(), totals.data() + cells};
    run_grid(shape.blocks, cuda::kSquareSharedBytes,
             [&](const simulated::Lane& lane) { cuda::add_squares(lane, job); });
    const Scaling unscaled{std::vector<float>(shape.markers), 1.0F};
    const NodeSquares expected = squares_of(events.view(), unscaled, labels, shape.nodes, 1);
    for (std::size_t node = 0; node < shape.nodes; ++node) {
      for (std::size_t marker = 0; marker < shape.markers; ++marker) {
        const std::size_t cell = marker * shape.nodes + node;
        ASSERT_EQ(static_cast<std::int64_t>(totals[cell]), expected.sums(node, marker));
        ASSERT_EQ(static_cast<std::int64_t>(totals[cells + cell]), expected.squares(node, marker));
      }
    }
  }
}

TEST(EventSumKernels, DoNotOverflowWhereOneNodeTakesARunOfTheLargestValues) {
  const std::size_t count = cuda::kRunEvents + 5;
  const std::vector<float> values(count, -100.0F);  // clamped to -1
  const std::vector<NodeIndex> labels(count);
  cuda::Total totals[2] = {};
  const cuda::DeviceSquares job{
      {values.data(), count, count, 1}, 1, labels.data(), totals, totals + 1};
  run_grid(2, cuda::kSquareSharedBytes,
           [&](const simulated::Lane& lane) { cuda::add_squares(lane, job); });
  EXPECT_EQ(static_cast<std::int64_t>(totals[0]), -16384 * static_cast<std::int64_t>(count));
  EXPECT_EQ(totals[1], 16384ULL * 16384ULL * count);
}

}  // namespace
}  // namespace gateless::compute
