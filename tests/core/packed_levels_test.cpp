// Numbers as text that no format has to escape.
#include "host/core/packed_levels.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gateless {
namespace {

TEST(PackedLevels, EachLevelHasItsOwnPlainCharacter) {
  std::set<char> seen;
  for (int level = 0; level < kPackedLevels; ++level) {
    const char letter = packed_level(level);
    EXPECT_GT(letter, ' ');
    EXPECT_LE(letter, '~');
    EXPECT_EQ(std::string("\"&<\\").find(letter), std::string::npos);
    seen.insert(letter);
  }
  EXPECT_EQ(seen.size(), 90U);
  EXPECT_EQ(packed_level(-5), packed_level(0));
  EXPECT_EQ(packed_level(500), packed_level(89));
}

TEST(PackedLevels, SharesReachBothEnds) {
  EXPECT_EQ(packed_share(0.0), packed_level(0));
  EXPECT_EQ(packed_share(1.0), packed_level(89));
  EXPECT_EQ(packed_fine_share(1.0), std::string(2, packed_level(89)));
  EXPECT_EQ(packed_fine_share(0.5)[0], packed_level(45));
}

TEST(PackedLevels, EmptyBinsAreRuns) {
  Matrix<std::uint64_t> counts(2, 20);
  counts(0, 0) = 1.0F;                             // level 1
  counts(0, 1) = 100.0F;                           // 1 + 4 ln 100 = 19.4
  counts(0, 3) = 1e9F;                             // the top
  const std::string text = packed_counts(counts);  // then 36 empty ones: 27 and 9
  EXPECT_EQ(text, std::string({packed_level(1), packed_level(19), packed_level(0), packed_level(62),
                               packed_level(89), packed_level(71)}));
}

}  // namespace
}  // namespace gateless
