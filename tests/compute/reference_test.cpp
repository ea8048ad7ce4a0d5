// The specification itself, on events that one can check by hand.
#include <gtest/gtest.h>

#include "host/compute/reference_backend.hpp"
#include "host/core/error.hpp"
#include "tests/compute/made_events.hpp"

namespace gateless::compute {
namespace {

Matrix<float> two_nodes(float first, float second) {
  Matrix<float> codebook(2, 1);
  codebook(0, 0) = first;
  codebook(1, 0) = second;
  return codebook;
}

TEST(Reference, AddsEachEventToItsNearestNode) {
  MadeEvents events(1, 4);
  events.at(0, 0) = 10.0F;
  events.at(0, 1) = 14.0F;
  events.at(0, 2) = 13.0F;
  events.at(0, 3) = 12.0F;  // half way: the lower index wins
  const Scaling scaling{{12.0F}, 0.5F};
  const auto resident = make_reference_backend()->load(events.view(), scaling);

  const NodeSums sums = resident->pass(two_nodes(-1.0F, 1.0F));
  EXPECT_EQ(sums.counts, (std::vector<std::uint64_t>{2, 2}));
  EXPECT_EQ(sums.sums(0, 0), -(std::int64_t{1} << kFractionBits));
  EXPECT_EQ(sums.sums(1, 0), 3 * (std::int64_t{1} << (kFractionBits - 1)));

  std::vector<NodeIndex> nodes(4);
  resident->assign(two_nodes(-1.0F, 1.0F), nodes);
  EXPECT_EQ(nodes, (std::vector<NodeIndex>{0, 1, 1, 0}));
}

TEST(Reference, RoundsHalvesToEven) {
  MadeEvents events(1, 4);
  const float half = 0x1.0p-25F;
  events.at(0, 0) = half;          // 0.5 -> 0
  events.at(0, 1) = 3.0F * half;   // 1.5 -> 2
  events.at(0, 2) = -3.0F * half;  // -1.5 -> -2
  events.at(0, 3) = 5.0F * half;   // 2.5 -> 2
  const auto resident = make_reference_backend()->load(events.view(), {{0.0F}, 1.0F});
  EXPECT_EQ(resident->pass(Matrix<float>(1, 1)).sums(0, 0), 2);
}

TEST(Reference, ClampsWhatLiesFarOutsideTheScaling) {
  MadeEvents events(1, 2);
  events.at(0, 0) = 1e30F;
  events.at(0, 1) = -1000.0F;
  const auto resident = make_reference_backend()->load(events.view(), {{0.0F}, 1.0F});
  const NodeSums sums = resident->pass(two_nodes(-1.0F, 1.0F));
  EXPECT_EQ(sums.sums(0, 0), -127 * (std::int64_t{1} << kFractionBits));
  EXPECT_EQ(sums.sums(1, 0), 127 * (std::int64_t{1} << kFractionBits));
}

}  // namespace
}  // namespace gateless::compute
