// The pool: samples lie one after another in every marker's row, whatever their sizes.
#include "host/core/event_store.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gateless {
namespace {

using Row = std::vector<float>;

Row row_of(std::span<const float> values) { return {values.begin(), values.end()}; }

TEST(EventStore, HoldsSamplesOneAfterAnotherInTheOrderTheyCame) {
  EventStore store({"CD3", "CD19"});
  store.append(4, {{1, 2, 3}, {10, 20, 30}});
  store.append(2, {{}, {}});  // a sample without events
  store.append(7, {{4}, {40}});
  store.seal();
  const EventView view = store.view();
  EXPECT_EQ(view.events, 4U);
  EXPECT_EQ(row_of(view.marker(0)), (Row{1, 2, 3, 4}));
  EXPECT_EQ(row_of(view.marker(1)), (Row{10, 20, 30, 40}));
  EXPECT_EQ(row_of(view.slice(1, 2).marker(1)), (Row{20, 30}));
  ASSERT_EQ(store.ranges().size(), 3U);
  EXPECT_EQ(store.ranges()[2].sample, 7U);
  EXPECT_EQ(store.ranges()[2].first, 3U);
  EXPECT_EQ(store.ranges()[2].count, 1U);
  store.marker(1)[3] = -1.0F;
  EXPECT_EQ(view.marker(1)[3], -1.0F);
}

TEST(EventStore, BeginsRowsOnWholeLinesWhoseRestIsZero) {
  EventStore store({"CD3", "CD19"});
  store.append(0, {Row(17, 1.0F), Row(17, 2.0F)});
  store.seal();
  const EventView view = store.view();
  EXPECT_EQ(view.stride, 32U);
  for (std::size_t past = 17; past < 32; ++past) EXPECT_EQ(view.values[past], 0.0F);
}

TEST(EventStore, MayBeEmpty) {
  EventStore store({"CD3"});
  store.seal();
  EXPECT_EQ(store.view().events, 0U);
  EXPECT_TRUE(store.view().marker(0).empty());
}

}  // namespace
}  // namespace gateless
