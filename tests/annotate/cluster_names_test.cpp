#include "host/annotate/cluster_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/annotate/back_gates.hpp"
#include "tests/annotate/small_knowledge.hpp"

namespace gateless::annotate {
namespace {

class ClusterNamesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    add_sample(made_, 0,
               {{"t", 2000, {5.0, 0.5, 0.5, 4.0}},
                {"naive", 800, {0.5, 5.0, 4.5, 0.5}},
                {"dn", 150, {0.5, 5.0, 0.5, 0.5}},
                {"swm", 200, {0.5, 5.0, 0.5, 4.0}},
                {"usm", 150, {0.5, 5.0, 4.5, 4.0}}},
               0.4);
    made_.store.seal();
    Progress progress;
    model_ = learn_subsets(made_.store.view(), made_.markers, made_.store.ranges(),
                           small_knowledge(), marker_panel(made_.markers), 1, progress);
    calls_ = call_subsets(model_, made_.store.view(), made_.store.ranges(), 1);
  }
  MadeEvents made_;
  SubsetModel model_;
  SubsetCalls calls_;
};

TEST_F(ClusterNamesTest, NamesClustersByTheSmallestMajority) {
  std::vector<std::uint32_t> cluster;  // 1: T, 2: double negative, 3: mixed B, 4: empty
  for (const std::string& truth : made_.truth)
    cluster.push_back(truth == "t" ? 1 : truth == "dn" ? 2 : 3);
  // Two thirds of cluster 3 are naive; without half of these no child of B holds a majority.
  std::size_t naive = 0;
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    if (made_.truth[i] == "naive" && ++naive > 300) cluster[i] = 0;
  }
  Knowledge knowledge = small_knowledge();
  for (KnownSubset& subset : knowledge.subsets)
    subset.compared = subset.id == "dn" ? "another study: asks for IgM too" : "";
  const std::vector<ClusterRow> rows =
      name_clusters(made_.store.view(), cluster, std::vector<std::uint32_t>{1, 1, 2, 3, 4}, model_,
                    calls_, knowledge);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].compared, "");
  EXPECT_EQ(rows[1].compared, "another study: asks for IgM too");
  EXPECT_EQ(rows[0].subset, "t");
  EXPECT_EQ(rows[0].nodes, 2U);
  EXPECT_EQ(rows[1].subset, "dn");
  EXPECT_EQ(rows[1].parent, "b");
  EXPECT_GT(rows[1].confidence.value_or(0.0), 0.9);
  EXPECT_NE(rows[1].phenotype.find("CD19+"), std::string::npos) << rows[1].phenotype;
  EXPECT_NE(rows[1].phenotype.find("IgD-"), std::string::npos) << rows[1].phenotype;
  EXPECT_NE(rows[1].phenotype.find("CD27-"), std::string::npos) << rows[1].phenotype;
  EXPECT_NE(rows[1].explanation.find("for: "), std::string::npos) << rows[1].explanation;
  EXPECT_EQ(rows[2].subset, "b");
  EXPECT_EQ(rows[3].subset, "unassigned");
  EXPECT_EQ(rows[3].events, 0U);
}

TEST_F(ClusterNamesTest, MediansStandInMarkerOrder) {
  const std::vector<std::uint32_t> cluster(made_.truth.size(), 1);
  const std::vector<ClusterRow> rows =
      name_clusters(made_.store.view(), cluster, std::vector<std::uint32_t>{1}, model_, calls_,
                    small_knowledge());
  ASSERT_EQ(rows[0].medians.size(), 4U);
  EXPECT_EQ(rows[0].medians[0].first, "CD3");
  EXPECT_NEAR(rows[0].medians[0].second, 4.8, 0.3);
}

}  // namespace
}  // namespace gateless::annotate
