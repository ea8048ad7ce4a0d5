// Average linkage against a tree worked out by hand, and its cuts.
#include "host/cluster/agglomerate.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gateless::cluster {
namespace {

/// Points on a line at 0, 1, 5, 7 and 20.
std::vector<Merge> line() {
  Matrix<float> points(5, 1);
  const std::vector<float> places = {0.0F, 1.0F, 5.0F, 7.0F, 20.0F};
  std::copy(places.begin(), places.end(), points.values().begin());
  return agglomerate(distances_between(points));
}

TEST(Agglomerate, HeightsAreMeanDistances) {
  const std::vector<Merge> merges = line();
  ASSERT_EQ(merges.size(), 4U);
  EXPECT_DOUBLE_EQ(merges[0].height, 1.0);
  EXPECT_DOUBLE_EQ(merges[1].height, 2.0);
  EXPECT_DOUBLE_EQ(merges[2].height, (5.0 + 7.0 + 4.0 + 6.0) / 4.0);
  EXPECT_DOUBLE_EQ(merges[3].height, (20.0 + 19.0 + 15.0 + 13.0) / 4.0);
}

TEST(Agglomerate, CutsByHeightAndByNumber) {
  const std::vector<Merge> merges = line();
  using Groups = std::vector<std::size_t>;
  EXPECT_EQ(cut_at(merges, 0.5), (Groups{0, 1, 2, 3, 4}));
  EXPECT_EQ(cut_at(merges, 3.0), (Groups{0, 0, 1, 1, 2}));
  EXPECT_EQ(cut_at(merges, 6.0), (Groups{0, 0, 0, 0, 1}));
  EXPECT_EQ(cut_into(merges, 3), (Groups{0, 0, 1, 1, 2}));
  EXPECT_EQ(cut_into(merges, 1), (Groups{0, 0, 0, 0, 0}));
  EXPECT_EQ(cut_into(merges, 9), (Groups{0, 1, 2, 3, 4}));
  EXPECT_EQ(cut_at(agglomerate(Matrix<double>(1, 1, 0.0)), 1.0), (Groups{0}));
}

TEST(Agglomerate, GroupsThatAreApartStayApart) {
  Matrix<float> points(5, 1);
  const std::vector<float> places = {0.0F, 1.0F, 5.0F, 7.0F, 20.0F};
  std::copy(places.begin(), places.end(), points.values().begin());
  const Matrix<double> distance = distances_between(points);
  using Groups = std::vector<std::size_t>;
  using Members = std::span<const std::size_t>;
  const auto never = [](Members, Members) { return false; };
  for (const double height : {0.5, 3.0, 6.0, 100.0}) {
    EXPECT_EQ(join_unless_apart(distance, height, never), cut_at(line(), height)) << height;
  }
  // The second and the third are apart, alone and in whatever group.
  const auto has = [](Members members, std::size_t member) {
    return std::find(members.begin(), members.end(), member) != members.end();
  };
  const auto are_apart = [&](Members left, Members right) {
    return (has(left, 1) && has(right, 2)) || (has(left, 2) && has(right, 1));
  };
  EXPECT_EQ(join_unless_apart(distance, 6.0, are_apart), (Groups{0, 0, 1, 1, 2}));
  EXPECT_EQ(join_unless_apart(distance, 100.0, are_apart), (Groups{0, 0, 1, 1, 1}));
  EXPECT_EQ(join_unless_apart(Matrix<double>(1, 1, 0.0), 1.0, never), (Groups{0}));
  // Refused while both are alone, asked again once either has grown.
  const auto alone_apart = [&](Members left, Members right) {
    return left.size() + right.size() == 2 && are_apart(left, right);
  };
  EXPECT_EQ(join_unless_apart(distance, 6.0, alone_apart), (Groups{0, 0, 0, 0, 1}));
}

}  // namespace
}  // namespace gateless::cluster
