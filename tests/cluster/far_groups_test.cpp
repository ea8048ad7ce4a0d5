// Far groups are the same whether the host looks at all events or a backend lists the far ones.
#include "host/cluster/far_groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/cluster/moments.hpp"
#include "host/cluster/node_samples.hpp"
#include "host/compute/cpu_backend.hpp"
#include "host/core/layers.hpp"
#include "host/core/philox.hpp"

namespace gateless::cluster {
namespace {

constexpr std::size_t kEvents = 40'000;
constexpr std::size_t kMarkers = 3;

/// Two populations, and sixty events far from both.
std::vector<float> made_values() {
  std::vector<float> values(kEvents * kMarkers);
  const Philox random(7, 0);
  for (std::size_t event = 0; event < kEvents; ++event) {
    const double middle = event < 60 ? 60.0 : event % 2 == 0 ? 0.0 : 20.0;
    for (std::size_t m = 0; m < kMarkers; ++m) {
      double noise = -6.0;  // of a sum of twelve: nearly normal
      for (std::size_t part = 0; part < 12; ++part)
        noise += random.uniform((event * kMarkers + m) * 12 + part);
      values[m * kEvents + event] = static_cast<float>(middle + noise);
    }
  }
  return values;
}

/// Events that know nothing but which of them are far, and how often they were asked.
class ListedEvents final : public ResidentEvents {
 public:
  ListedEvents(EventView events, const Scaling& scaling) : events_(events), scaling_(scaling) {}
  NodeSums pass(const Matrix<float>& /*codebook*/) override { return {}; }
  void assign(const Matrix<float>& /*codebook*/, std::span<NodeIndex> /*nodes*/) override {}
  NodeSquares assign_with_squares(const Matrix<float>& /*codebook*/,
                                  std::span<NodeIndex> /*nodes*/) override {
    return {0, 0};
  }
  MarkerProducts products() override { return MarkerProducts(0); }
  std::optional<std::vector<std::size_t>> far_events(const FarQuestion& question) override {
    ++asked_;
    std::vector<std::size_t> far;
    for (std::size_t event = 0; event < events_.events; ++event) {
      float squared = 0.0F;
      for (std::size_t m = 0; m < events_.markers; ++m) {
        const float scaled = (events_.marker(m)[event] - scaling_.shift[m]) * scaling_.scale;
        const float apart =
            scaled / question.unit[m] - question.places(m, question.node_of_event[event]);
        squared += apart * apart;
      }
      if (squared > question.limit) far.push_back(event);
    }
    listed_ = far.size();
    return far;
  }
  [[nodiscard]] int asked() const { return asked_; }
  [[nodiscard]] std::size_t listed() const { return listed_; }

 private:
  EventView events_;
  const Scaling& scaling_;
  int asked_ = 0;
  std::size_t listed_ = 0;
};

TEST(FarGroups, AreTheSameWhereABackendListsTheFarEvents) {
  const std::vector<float> values = made_values();
  const EventView events{values.data(), kMarkers, kEvents, kEvents};
  const Scaling scaling = scaling_of(events, 1);
  Matrix<float> codebook(2, kMarkers);
  for (std::size_t m = 0; m < kMarkers; ++m) {
    codebook(0, m) = (0.0F - scaling.shift[m]) * scaling.scale;
    codebook(1, m) = (20.0F - scaling.shift[m]) * scaling.scale;
  }
  std::vector<NodeIndex> nodes(kEvents);
  // The noise within nodes is that of the populations alone.
  const auto resident =
      make_cpu_backend({.threads = 1})->load(events.slice(60, kEvents - 60), scaling);
  const NodeSquares squares = resident->assign_with_squares(codebook, nodes);
  std::copy_backward(nodes.begin(), nodes.end() - 60, nodes.end());
  std::fill_n(nodes.begin(), 60, NodeIndex{1});
  const std::vector<std::uint64_t> counts = count_events(nodes, 2, 1);
  const Matrix<double> variance = within_node_variance(squares, counts);
  const std::vector<std::uint32_t> regions(2, 0);
  const TrainedNodes trained{codebook, nodes, counts, variance, regions};

  const Matrix<float> alone = find_far_groups(events, scaling, trained, 8, 1);
  ASSERT_EQ(alone.rows(), 1U);
  EXPECT_NEAR(alone(0, 0) / scaling.scale + scaling.shift[0], 60.0F, 1.0F);
  ListedEvents listed(events, scaling);
  for (const std::size_t threads : {1U, 3U})
    EXPECT_EQ(find_far_groups(events, scaling, trained, 8, threads, &listed), alone);
  EXPECT_EQ(listed.asked(), 2);
  EXPECT_GE(listed.listed(), 60U);
}

}  // namespace
}  // namespace gateless::cluster
