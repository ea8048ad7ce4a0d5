// Two populations have a valley between them; one has none, however it is cut.
#include "host/cluster/valley.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/cluster/planted_events.hpp"

namespace gateless::cluster {
namespace {

/// `many` events around 0 and `few` around `apart` on the first of three markers, sd 1.
WeightedEvents two_groups(std::size_t many, std::size_t few, float apart, double weight = 1.0) {
  const PlantedEvents planted = plant_events({many + few}, 3);
  WeightedEvents events{Matrix<float>(many + few, 3), {}};
  std::vector<float> mean(3, 0.0F);
  for (std::size_t m = 0; m < 3; ++m) {
    for (const float value : planted.columns[m]) {
      mean[m] += value / static_cast<float>(many + few);
    }
    for (std::size_t i = 0; i < many + few; ++i) {
      events.place(i, m) = (planted.columns[m][i] - mean[m]) / 0.5F;
    }
  }
  for (std::size_t i = 0; i < few; ++i) events.place(i, 0) += apart;
  events.weight.assign(many + few, weight);
  return events;
}

const std::vector<float> kOrigin = {0.0F, 0.0F, 0.0F};

TEST(Valley, LiesBetweenTwoPopulations) {
  EXPECT_TRUE(
      has_valley_between(two_groups(500, 500, 6.0F), kOrigin, std::vector{6.0F, 0.0F, 0.0F}));
  EXPECT_TRUE(
      has_valley_between(two_groups(900, 60, 6.0F), kOrigin, std::vector{6.0F, 0.0F, 0.0F}));
}

TEST(Valley, IsNotInOnePopulationOrAtItsTail) {
  const WeightedEvents one = two_groups(1000, 0, 0.0F);
  // The means of its halves, and a place at its edge.
  EXPECT_FALSE(
      has_valley_between(one, std::vector{-0.8F, 0.0F, 0.0F}, std::vector{0.8F, 0.0F, 0.0F}));
  EXPECT_FALSE(has_valley_between(one, kOrigin, std::vector{2.5F, 0.0F, 0.0F}));
  // Two that overlap as much are one to anybody.
  EXPECT_FALSE(
      has_valley_between(two_groups(500, 500, 1.5F), kOrigin, std::vector{1.5F, 0.0F, 0.0F}));
}

TEST(Valley, IsSureOnlyWithEventsEnough) {
  EXPECT_FALSE(
      has_valley_between(two_groups(500, 6, 6.0F), kOrigin, std::vector{6.0F, 0.0F, 0.0F}));
  // Events that stand for many are no more of them.
  EXPECT_FALSE(
      has_valley_between(two_groups(500, 6, 6.0F, 50.0), kOrigin, std::vector{6.0F, 0.0F, 0.0F}));
}

TEST(Valley, EventsFarBesideTheLineAreNotSeen) {
  WeightedEvents events = two_groups(500, 500, 6.0F);
  // A third population as far from the line as populations are apart, at its middle.
  const WeightedEvents third = two_groups(1000, 0, 0.0F);
  WeightedEvents all{Matrix<float>(2000, 3), std::vector<double>(2000, 1.0)};
  for (std::size_t i = 0; i < 1000; ++i) {
    for (std::size_t m = 0; m < 3; ++m) {
      all.place(i, m) = events.place(i, m);
      all.place(1000 + i, m) = third.place(i, m) + (m == 0 ? 3.0F : m == 1 ? 9.0F : 0.0F);
    }
  }
  EXPECT_TRUE(has_valley_between(all, kOrigin, std::vector{6.0F, 0.0F, 0.0F}));
}

void see(LineProfile& profile, float along, double events) {
  profile.add(LineProfile::nearest_bin(LineProfile::bins_along(along)), events);
}

TEST(Valley, BeforeTheEndDoesNotAskWhatTheStartHolds) {
  // Few at the start, many at the end, none between; then as many all along.
  LineProfile apart, level;
  for (int i = 0; i < 100; ++i) see(apart, 1.0F, 1.0);
  see(apart, 0.0F, 1.0);
  EXPECT_TRUE(apart.has_valley_before_end());
  EXPECT_FALSE(apart.has_valley_between());
  for (int i = 0; i <= 100; ++i) {
    for (int each = 0; each < 10; ++each) see(level, static_cast<float>(i) / 100.0F, 1.0);
  }
  EXPECT_FALSE(level.has_valley_before_end());
  EXPECT_FALSE(level.has_valley_between());
}

TEST(Valley, BinsAreTheNearest) {
  const auto bin = [](float bins) {
    return LineProfile::nearest_bin(LineProfile::bins_along(bins / 20.0F));
  };
  for (int tenth = -100; tenth <= 300; ++tenth) {
    const float bins = static_cast<float>(tenth) / 10.0F;
    EXPECT_EQ(bin(bins), std::lround(bins / 20.0F * 20.0F)) << bins;
  }
  EXPECT_EQ(LineProfile::nearest_bin(0.49999997F), 0);
  EXPECT_EQ(LineProfile::nearest_bin(-2.5F), -3);
}

TEST(Valley, WhatLiesAnywhereElseDoesNotCount) {
  LineProfile profile;
  for (int i = 0; i < 100; ++i) see(profile, 1.0F, 1.0);
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float along : {std::nanf(""), infinity, -infinity, 1e30F, -1e30F, 1.2F, -0.2F})
    see(profile, along, 1e6);
  EXPECT_TRUE(profile.has_valley_before_end());
}

TEST(Valley, PlacesThatAreOneHaveNone) {
  EXPECT_FALSE(has_valley_between(two_groups(100, 0, 0.0F), kOrigin, kOrigin));
}

}  // namespace
}  // namespace gateless::cluster
