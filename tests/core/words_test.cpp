// Suggestions for misspelt words, and the words for a study's choices.
#include <gtest/gtest.h>

#include "host/core/nearest_word.hpp"
#include "host/core/study_words.hpp"

namespace gateless {
namespace {

TEST(NearestWord, FindsTypingErrorsOnly) {
  const std::vector<std::string> words{"cluster", "compare", "seed", "grid"};
  EXPECT_EQ(nearest_word("clsuter", words), "cluster");
  EXPECT_EQ(nearest_word("Compair", words), "compare");
  EXPECT_EQ(nearest_word("grdi", words), "grid");
  EXPECT_EQ(nearest_word("sled", words), "seed");
  EXPECT_EQ(nearest_word("banana", words), "");
  EXPECT_EQ(nearest_word("", words), "");
  EXPECT_EQ(nearest_word(std::string(10'000, 'x'), words), "");
  EXPECT_EQ(did_you_mean("grdi", words), "; did you mean 'grid'?");
  EXPECT_EQ(did_you_mean("banana", words), "");
}

TEST(StudyWords, ParseBackToThemselves) {
  for (const char* text : {"auto", "none", "logicle", "arcsinh:5", "arcsinh:0.5"}) {
    const auto transform = parse_transform(text);
    ASSERT_TRUE(transform) << text;
    EXPECT_EQ(text_of(*transform), text);
  }
  for (const char* text :
       {"asinh", "arcsinh:", "arcsinh:0", "arcsinh:-1", "arcsinh:inf", "arcsinh:5x", ""}) {
    EXPECT_FALSE(parse_transform(text)) << text;
  }
}

TEST(StudyWords, GridAndMetaclustersHaveBounds) {
  EXPECT_EQ(parse_grid("10x12"), (std::pair<std::size_t, std::size_t>{10, 12}));
  for (const char* text : {"10", "0x1", "1x", "x1", "1x1x1", "1001x1", "-1x1"})
    EXPECT_FALSE(parse_grid(text)) << text;
  EXPECT_EQ(parse_metaclusters("auto"), 0U);
  EXPECT_EQ(parse_metaclusters("20"), 20U);
  EXPECT_FALSE(parse_metaclusters("1"));
}

}  // namespace
}  // namespace gateless
