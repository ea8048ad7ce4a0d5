// Freed blocks are handed out again where they fit, and no more of them are kept than allowed.
#include "host/core/spare_blocks.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace gateless {
namespace {

TEST(SpareBlocks, GiveWhatFitsAndNothingElse) {
  SpareBlocks spares;
  void* block = std::malloc(1 << 20);
  ASSERT_TRUE(spares.keep(block, 1 << 20));
  EXPECT_EQ(spares.take((1 << 20) + 1), nullptr);  // too small
  EXPECT_EQ(spares.take(1 << 19), nullptr);        // half of it would lie idle
  EXPECT_EQ(spares.take((1 << 20) - 100), block);
  EXPECT_EQ(spares.take((1 << 20) - 100), nullptr);  // only once
  std::free(block);
}

TEST(SpareBlocks, KeepNoMoreThanAllowed) {
  SpareBlocks spares;
  std::vector<void*> refused;
  std::size_t kept = 0;
  for (int i = 0; i < 10; ++i) {
    void* block = std::malloc(16);
    if (spares.keep(block, SpareBlocks::kLargest)) {
      ++kept;
    } else {
      refused.push_back(block);
    }
  }
  EXPECT_EQ(kept * SpareBlocks::kLargest, SpareBlocks::kMost);
  void* large = std::malloc(16);
  EXPECT_FALSE(SpareBlocks().keep(large, SpareBlocks::kLargest + 1));
  spares.give_back_to(SpareBlocks::kMost / 2);
  EXPECT_EQ(spares.bytes(), SpareBlocks::kMost / 2);
  spares.give_back_to(0);
  EXPECT_EQ(spares.bytes(), 0U);
  EXPECT_TRUE(spares.keep(large, SpareBlocks::kLargest));
  for (void* block : refused) std::free(block);
}

}  // namespace
}  // namespace gateless
