// Gates in words, pooled over samples.
#include "host/report/gate_paths.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gateless::report {
namespace {

GateRow row(const std::string& sample, const std::string& gate, const std::string& subset,
            const std::string& path) {
  GateRow one;
  one.sample = sample;
  one.panel = "B panel";
  one.gate = gate;
  one.subset = subset;
  one.name = fmt::format("{} cells", subset);
  one.path = path;
  one.x_channel = "FL1-A";
  one.x_marker = "CD19";
  one.x_low = 1234567.0;
  return one;
}

TEST(GatePaths, SayEachRectangleAndWhatItHolds) {
  GateRow first = row("one", "dn.1", "dn", "b");
  first.is_last = false;
  GateRow last = row("one", "dn", "dn", "b/dn.1");
  last.x_low = {};
  last.x_high = -1500.0;
  last.y_channel = "FL2-A";
  last.y_marker = "CD27";
  last.y_low = 0.4567;
  last.y_high = 20.0;
  last.events = 12, last.untold_inside = 2, last.labelled = 9, last.labelled_inside = 8;
  GateRow other = last;
  other.sample = "two";
  other.events = 10, other.untold_inside = 0, other.labelled = 11, other.labelled_inside = 8;
  const std::vector<GatePath> paths = gate_paths({row("one", "b", "b", ""), first, last, other});
  ASSERT_EQ(paths.size(), 2U);
  EXPECT_EQ(paths[0].rectangles, "CD19 > 1,234,567");
  EXPECT_EQ(paths[0].within, "");
  EXPECT_FALSE(paths[0].recall.has_value());
  EXPECT_EQ(paths[1].rectangles, "CD19 > 1,234,567; CD19 < -1,500 and CD27 0.457 to 20");
  EXPECT_EQ(paths[1].within, "b");
  EXPECT_EQ(paths[1].within_name, "b cells");
  ASSERT_EQ(paths[1].steps.size(), 2U);
  ASSERT_EQ(paths[1].steps[0].size(), 1U);
  EXPECT_EQ(paths[1].steps[0][0].low, 1234567.0);
  ASSERT_EQ(paths[1].steps[1].size(), 2U);
  EXPECT_EQ(paths[1].steps[1][1].marker, "CD27");
  EXPECT_EQ(paths[1].steps[1][1].high, 20.0);
  EXPECT_EQ(paths[1].labelled, 20U);
  EXPECT_DOUBLE_EQ(paths[1].precision.value(), 0.8);
  EXPECT_DOUBLE_EQ(paths[1].recall.value(), 0.8);
  EXPECT_DOUBLE_EQ(paths[1].f1.value(), 0.8);
}

}  // namespace
}  // namespace gateless::report
