// Fractions that no healthy blood has are named; everything else is left alone.
#include "host/statistics/reference.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace gateless::statistics {
namespace {

std::vector<AbundanceRow> sample_of(double dn_events, double b_events, const std::string& group) {
  const auto row = [&](std::string subset, std::string name, double events, double parent) {
    AbundanceRow made;
    made.sample = made.patient = made.visit = std::string(1, 's');
    made.group = group;
    made.subset = std::move(subset);
    made.name = std::move(name);
    made.events = events;
    made.parent_events = parent;
    return made;
  };
  return {row("b_cell", "B cells", b_events, 10'000),
          row("b_dn", "DN B cells", dn_events, b_events)};
}

/// 1 to 10 % of B cells.
const std::vector<ReferenceRange> kRange = {{"b_dn", "b_cell", 0.01, 0.10, "29 healthy"}};

std::size_t found(double dn_events, double b_events, const std::string& group = "healthy") {
  return implausible_fractions(sample_of(dn_events, b_events, group), kRange, "healthy").size();
}

TEST(Reference, FractionsWithinTwiceTheRangeAreBelieved) {
  EXPECT_EQ(found(100, 2000), 0U);
  EXPECT_EQ(found(399, 2000), 0U) << "20 %: twice the end";
  EXPECT_EQ(found(11, 2000), 0U) << "half of the low end";
}

TEST(Reference, HealthyPeopleFarOutsideAreNamed) {
  EXPECT_EQ(found(420, 2000), 1U);
  EXPECT_EQ(found(8, 2000), 1U);
  EXPECT_EQ(found(0, 2000), 1U);
  EXPECT_EQ(found(420, 2000, "lupus"), 0U) << "sick people differ";
}

TEST(Reference, MostOfAParentIsNamedInAnybody) {
  EXPECT_EQ(found(1460, 2000, "lupus"), 1U);
  const std::vector<ImplausibleRow> rows =
      implausible_fractions(sample_of(1460, 2000, "lupus"), kRange, "healthy");
  EXPECT_EQ(rows[0].reason,
            "DN B cells are 73 % of B cells, where healthy people have 1 % to 10 % (29 healthy)");
}

TEST(Reference, FewEventsSayNothing) {
  EXPECT_EQ(found(150, 190), 0U);
  EXPECT_EQ(found(0, 1000), 0U) << "1 % of 1,000 would be 10 events";
}

TEST(Reference, TheWidestRangeOfSeveralSourcesHolds) {
  std::vector<ReferenceRange> ranges = kRange;
  ranges.push_back({"b_dn", "b_cell", 0.0, 0.4, "others"});
  EXPECT_TRUE(implausible_fractions(sample_of(1000, 2000, "healthy"), ranges, "healthy").empty());
}

TEST(Reference, ConcentrationsAreHeldAgainstTheirRanges) {
  std::vector<AbundanceRow> rows = sample_of(100, 2000, "healthy");
  const std::vector<ReferenceRange> range = {{"b_cell", "", 100, 600, "273 adults"}};
  EXPECT_TRUE(implausible_fractions(rows, range, "healthy").empty()) << "the sheet gives none";
  rows[0].cells_per_ul = 20.0;
  ASSERT_EQ(implausible_fractions(rows, range, "healthy").size(), 1U);
  rows[0].cells_per_ul = 300.0;
  EXPECT_TRUE(implausible_fractions(rows, range, "healthy").empty());
}

}  // namespace
}  // namespace gateless::statistics
