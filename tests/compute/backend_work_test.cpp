// What a backend does besides passes, on every backend of the build: products and squares have the
// bytes of the reference. And on a GPU what only very many events can show.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "host/compute/reference_backend.hpp"
#include "host/core/error.hpp"
#include "tests/compute/candidates.hpp"
#include "tests/compute/made_events.hpp"

namespace gateless::compute {
namespace {

struct Sums {
  std::vector<NodeIndex> nodes;
  NodeSquares squares;
  MarkerProducts products;

  Sums(ResidentEvents& resident, const Matrix<float>& codebook, std::size_t events)
      : nodes(events, 4711),
        squares(resident.assign_with_squares(codebook, nodes)),
        products(resident.products()) {}
  friend bool operator==(const Sums&, const Sums&) = default;
};

class BackendWork : public OnEveryBackend {};

TEST_P(BackendWork, SumsProductsAndSquaresAsTheReferenceDoes) {
  struct Shape {
    std::size_t events, markers, nodes;
  };
  for (const Shape shape : {Shape{0, 2, 3}, Shape{1, 1, 1}, Shape{3001, 5, 30}, Shape{65, 31, 9},
                            Shape{130, 33, 40}, Shape{70, 128, 4096}, Shape{40000, 2, 7}}) {
    SCOPED_TRACE(testing::Message() << shape.events << " events, " << shape.markers << " markers, "
                                    << shape.nodes << " nodes");
    const MadeEvents events = uniform_events(shape.markers, shape.events, -2.0, 3.0, shape.nodes);
    const Matrix<float> codebook = uniform_codebook(shape.nodes, shape.markers, 2);
    const Scaling scaling = scaling_of(events.view(), 1);
    const Sums expected(*make_reference_backend()->load(events.view(), scaling), codebook,
                        shape.events);
    for (const double memory_gib : {0.0, 1e-9}) {  // resident and streamed
      const auto found = GetParam()
                             .make({.threads = 2, .tile_events = 1000, .memory_gib = memory_gib})
                             ->load(events.view(), scaling);
      EXPECT_TRUE(Sums(*found, codebook, shape.events) == expected);
    }
  }
}

TEST_P(BackendWork, MeasuresEventsOnTheWayAsTheReferenceDoes) {
  struct Shape {
    std::size_t events, markers;
  };
  for (const Shape shape :
       {Shape{0, 2}, Shape{1, 1}, Shape{3001, 5}, Shape{65, 128}, Shape{20000, 3}}) {
    SCOPED_TRACE(testing::Message() << shape.events << " events, " << shape.markers << " markers");
    MadeEvents events = uniform_events(shape.markers, shape.events, -2.0, 3.0, shape.markers);
    for (std::size_t event = 0; event < shape.events; ++event)
      events.at(shape.markers / 2, event) = event % 2 == 0 ? 0.0F : -0.0F;  // constant
    const Matrix<float> codebook = uniform_codebook(9, shape.markers, 2);
    const MeasuredEvents expected = make_reference_backend()->load(events.view());
    const Sums expected_sums(*expected.events, codebook, shape.events);
    for (const double memory_gib : {0.0, 1e-9}) {  // resident and streamed
      const MeasuredEvents found =
          GetParam()
              .make({.threads = 2, .tile_events = 1000, .memory_gib = memory_gib})
              ->load(events.view());
      EXPECT_EQ(found.scaling, expected.scaling);
      EXPECT_EQ(found.constant_markers, expected.constant_markers);
      EXPECT_EQ(found.keys, expected.keys);
      EXPECT_TRUE(found.events->pass(codebook) == expected.events->pass(codebook));
      EXPECT_TRUE(Sums(*found.events, codebook, shape.events) == expected_sums);
    }
  }
}

/// As FarQuestion says.
std::vector<std::size_t> far_of(EventView events, const Scaling& scaling,
                                const FarQuestion& question) {
  std::vector<std::size_t> far;
  for (std::size_t event = 0; event < events.events; ++event) {
    float squared = 0.0F;
    for (std::size_t m = 0; m < events.markers; ++m) {
      const float scaled = (events.marker(m)[event] - scaling.shift[m]) * scaling.scale;
      const float place = question.unit[m] > 0.0F ? scaled / question.unit[m] : 0.0F;
      const float apart = place - question.places(m, question.node_of_event[event]);
      squared += apart * apart;
    }
    if (squared > question.limit) far.push_back(event);
  }
  return far;
}

TEST_P(BackendWork, ListsTheFarEventsOrLeavesThemToTheCaller) {
  for (const std::size_t markers : {1U, 5U, 40U}) {
    const MadeEvents events = uniform_events(markers, 5003, -2.0, 3.0, markers);
    const Scaling scaling = scaling_of(events.view(), 1);
    const Matrix<float> codebook = uniform_codebook(30, markers, 2);
    std::vector<NodeIndex> nodes(5003);
    make_reference_backend()->load(events.view(), scaling)->assign(codebook, nodes);
    std::vector<float> unit(markers, 0.3F);
    unit.back() = markers > 1 ? 0.0F : 0.3F;
    Matrix<float> places(markers, 30, 0.0F);
    for (std::size_t m = 0; m < markers; ++m) {
      for (std::size_t node = 0; node < 30 && unit[m] > 0.0F; ++node)
        places(m, node) = codebook(node, m) / unit[m];
    }
    for (const float limit : {0.0F, 1.5F * static_cast<float>(markers), 1e9F}) {
      const FarQuestion question{places, unit, nodes, limit};
      const std::vector<std::size_t> expected = far_of(events.view(), scaling, question);
      for (const double memory_gib : {0.0, 1e-9}) {  // resident and streamed
        const auto resident =
            GetParam()
                .make({.threads = 2, .tile_events = 1000, .memory_gib = memory_gib})
                ->load(events.view(), scaling);
        const auto found = resident->far_events(question);
        const bool is_near = GetParam().make({})->name() == "cuda" && memory_gib == 0.0;
        ASSERT_EQ(found.has_value(), is_near);
        if (found) {
          EXPECT_EQ(*found, expected);
        }
      }
    }
  }
}

TEST_P(BackendWork, MeasuresNothingThatCannotBeComputed) {
  const auto backend = GetParam().make({});
  EXPECT_THROW((void)backend->load(MadeEvents(0, 10).view()), UsageError);
  EXPECT_THROW((void)backend->load(uniform_events(129, 2, 0.0, 1.0, 1).view()), UsageError);
  for (const float odd : {NAN, INFINITY, -INFINITY}) {
    MadeEvents events = uniform_events(2, 100, 0.0, 1.0, 1);
    events.at(1, 37) = odd;
    try {
      (void)backend->load(events.view());
      FAIL() << "loaded";
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("marker 2, pooled event 37"), std::string::npos)
          << error.what();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Build, BackendWork, testing::ValuesIn(candidates()),
                         [](const auto& candidate) { return candidate.param.name; });

TEST(CudaBackend, FlushesItsBlocksBeforeTheirHalvesOverflow) {
  if (lacks_gpu()) GTEST_SKIP() << describe_cuda().reason;
  // One node takes all, and every one of some hundred blocks meets more events than its halves can hold.
  constexpr std::size_t kEvents = 40000000;
  const std::vector<float> values(kEvents, -126.99999F);
  const auto resident =
      make_cuda_backend({})->load({values.data(), 1, kEvents, kEvents}, {{0.0F}, 1.0F});
  const NodeSums sums = resident->pass(Matrix<float>(1, 1));
  EXPECT_EQ(sums.counts[0], kEvents);
  EXPECT_EQ(sums.sums(0, 0), static_cast<std::int64_t>(kEvents) *
                                 static_cast<std::int64_t>(-126.99999F * 16777216.0F));
}

TEST(CudaBackend, AgreesOnMillionsOfEvents) {
  if (lacks_gpu()) GTEST_SKIP() << describe_cuda().reason;
  // Every block of the largest GPU has many runs, and one node owns a third of the events.
  constexpr std::size_t kEvents = 3000001;
  MadeEvents events = uniform_events(20, kEvents, -1.0, 1.0, 3);
  for (std::size_t event = 0; event < kEvents; event += 3) {
    for (std::size_t marker = 0; marker < 20; ++marker) events.at(marker, event) *= 0.01F;
  }
  const Scaling scaling = scaling_of(events.view(), 2);
  const auto expected = make_cpu_backend({})->load(events.view(), scaling);
  for (const std::size_t nodes : {100U, 1024U}) {  // sums in shared and in global memory
    Matrix<float> codebook = uniform_codebook(nodes, 20, nodes);
    for (float& weight : codebook.row(17)) weight = 0.0F;
    const NodeSums means = expected->pass(codebook);
    const Sums sums(*expected, codebook, kEvents);
    for (const NearestBy nearest_by : {NearestBy::kChain, NearestBy::kProposal}) {
      for (const double memory_gib : {0.0, 0.05}) {
        const auto found = make_cuda_backend({.memory_gib = memory_gib, .nearest_by = nearest_by})
                               ->load(events.view(), scaling);
        EXPECT_TRUE(found->pass(codebook) == means) << nodes << " nodes";
        EXPECT_TRUE(Sums(*found, codebook, kEvents) == sums) << nodes << " nodes";
      }
    }
  }
}

}  // namespace
}  // namespace gateless::compute
