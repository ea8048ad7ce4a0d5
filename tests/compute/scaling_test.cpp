// Shift and scale of any range of events, whatever the order and the threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/compute/backend.hpp"
#include "tests/compute/made_events.hpp"

namespace gateless::compute {
namespace {

TEST(Scaling, TakesTheMiddleOfEachMarkerAndThePowerOfTwoOfTheWidest) {
  MadeEvents events(2, 2);
  events.at(0, 0) = 1.0F;  // half width 2
  events.at(0, 1) = 5.0F;
  events.at(1, 0) = -0.5F;  // half width 0.25
  events.at(1, 1) = 0.0F;
  const Scaling scaling = scaling_of(events.view(), 1);
  EXPECT_EQ(scaling.shift, (std::vector<float>{3.0F, -0.25F}));
  EXPECT_EQ(scaling.scale, 0.5F);
}

TEST(Scaling, BringsTheWidestMarkerBetweenAHalfAndOne) {
  for (const double width : {1e-30, 0.3, 1.0, 1.0001, 7.9, 4096.0, 1e30}) {
    MadeEvents events = uniform_events(3, 100, -width, 0.5 * width, 5);
    const Scaling scaling = scaling_of(events.view(), 2);
    float widest = 0.0F;
    for (std::size_t marker = 0; marker < 3; ++marker) {
      for (std::size_t event = 0; event < 100; ++event) {
        const float scaled = (events.at(marker, event) - scaling.shift[marker]) * scaling.scale;
        widest = std::max(widest, std::fabs(scaled));
      }
    }
    EXPECT_LE(widest, 1.0F) << width;
    EXPECT_GT(widest, 0.5F) << width;
  }
}

TEST(Scaling, IsOneWhereNothingVariesOrNothingIsThere) {
  MadeEvents constant(2, 3);
  for (std::size_t event = 0; event < 3; ++event) {
    constant.at(0, event) = 7.0F;
    constant.at(1, event) = -2.0F;
  }
  EXPECT_EQ(scaling_of(constant.view(), 1), (Scaling{{7.0F, -2.0F}, 1.0F}));
  EXPECT_EQ(scaling_of(MadeEvents(2, 0).view(), 1), (Scaling{{0.0F, 0.0F}, 1.0F}));
}

TEST(Scaling, SurvivesTheWholeRangeOfFloats) {
  const float huge = std::numeric_limits<float>::max();
  MadeEvents events(1, 2);
  events.at(0, 0) = -huge;
  events.at(0, 1) = huge;
  EXPECT_EQ(scaling_of(events.view(), 1), (Scaling{{0.0F}, 0x1.0p-126F}));
  events.at(0, 0) = 0.0F;
  events.at(0, 1) = std::numeric_limits<float>::denorm_min();
  EXPECT_EQ(scaling_of(events.view(), 1).scale, 0x1.0p126F);
}

TEST(Scaling, LeavesOutValuesThatAreNotFinite) {
  MadeEvents events(1, 5);
  events.at(0, 0) = NAN;
  events.at(0, 1) = 1.0F;
  events.at(0, 2) = INFINITY;
  events.at(0, 3) = 3.0F;
  events.at(0, 4) = -INFINITY;
  EXPECT_EQ(scaling_of(events.view(), 1), (Scaling{{2.0F}, 1.0F}));
}

TEST(Scaling, DoesNotDependOnThreadsOrOrder) {
  // More than one chunk of work for a thread, and zeros of both signs.
  MadeEvents events = uniform_events(2, 600000, -3.0, 9.0, 11);
  events.at(0, 17) = -0.0F;
  const Scaling one = scaling_of(events.view(), 1);
  EXPECT_EQ(scaling_of(events.view(), 2), one);
  EXPECT_EQ(scaling_of(events.view(), 3), one);
  for (std::size_t event = 0; event < 300000; ++event) {
    std::swap(events.at(1, event), events.at(1, 599999 - event));
  }
  EXPECT_EQ(scaling_of(events.view(), 2), one);
}

TEST(Scaling, KnowsNoNegativeZero) {
  MadeEvents events(1, 1);
  events.at(0, 0) = -0.0F;
  EXPECT_FALSE(std::signbit(scaling_of(events.view(), 1).shift[0]));
}

}  // namespace
}  // namespace gateless::compute
