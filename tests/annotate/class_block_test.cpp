// Class probabilities of a block of events against the formula, event by event.
#include "host/annotate/class_block.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "host/annotate/members.hpp"

namespace gateless::annotate {
namespace {

constexpr std::size_t kBinsOfTest = 4;

/// Log densities of two markers [bins][stride], and a bin for each event of each.
struct MadeBlock {
  std::size_t events, stride;
  std::vector<float> log_weight;
  std::vector<std::vector<float>> tables;
  std::vector<std::uint8_t> bins = std::vector<std::uint8_t>(2 * kBlockEvents);

  MadeBlock(std::size_t event_count, std::size_t padded)
      : events(event_count), stride(padded), log_weight(padded), tables(2) {
    for (std::size_t c = 0; c < stride; ++c) log_weight[c] = -0.5F * static_cast<float>(c);
    for (std::vector<float>& table : tables) {
      for (std::size_t i = 0; i < kBinsOfTest * stride; ++i)
        table.push_back(-0.37F * static_cast<float>((i * 7 + table.size()) % 29));
    }
    for (std::size_t i = 0; i < bins.size(); ++i)
      bins[i] = static_cast<std::uint8_t>((i * 5 + i / 3) % kBinsOfTest);
  }

  [[nodiscard]] double log_density(std::size_t event, std::size_t c) const {
    double sum = log_weight[c];
    for (std::size_t m = 0; m < tables.size(); ++m)
      sum += tables[m][bins[m * kBlockEvents + event] * stride + c];
    return sum;
  }
};

TEST(ClassBlock, ProbabilitiesAreThoseOfTheFormula) {
  for (const std::size_t stride : {8U, 16U, 24U}) {
    const MadeBlock made(37, stride);
    std::vector<float> result(kBlockEvents * stride);
    class_probabilities(
        {made.log_weight.data(), made.tables, made.bins.data(), made.events, stride},
        result.data());
    for (std::size_t i = 0; i < made.events; ++i) {
      double sum = 0.0;
      for (std::size_t c = 0; c < stride; ++c) sum += std::exp(made.log_density(i, c));
      for (std::size_t c = 0; c < stride; ++c)
        EXPECT_NEAR(result[i * stride + c], std::exp(made.log_density(i, c)) / sum, 2e-6);
    }
  }
}

TEST(ClassBlock, ClassesFarFromAnEventHaveNoneOfIt) {
  std::vector<float> log_weight(8, -1e30F);
  log_weight[3] = 0.0F;
  const std::vector<std::vector<float>> tables;
  std::vector<float> result(kBlockEvents * 8);
  class_probabilities({log_weight.data(), tables, nullptr, 2, 8}, result.data());
  for (std::size_t i = 0; i < 16; ++i) EXPECT_NEAR(result[i], i % 8 == 3 ? 1.0F : 0.0F, 1e-30F);
}

TEST(ClassBlock, WeighedProbabilitiesAddUpByClassAndByBin) {
  const std::size_t stride = 8;
  const std::vector<float> log_weight(stride, 0.0F), weight{2.0F, 1.0F, 4.0F};
  const std::vector<std::vector<float>> tables;
  std::vector<float> probability(3 * stride);
  class_probabilities({log_weight.data(), tables, nullptr, 3, stride, weight.data()},
                      probability.data());
  std::vector<double> total(stride, 1.0);
  add_probabilities(probability.data(), 3, stride, total.data());
  for (const double one : total) EXPECT_EQ(one, 1.0 + 0.125 * 7.0);
  const std::vector<std::uint8_t> bins{1, 0, 1};
  std::vector<float> counts(2 * stride, 0.0F);
  count_probabilities(bins.data(), probability.data(), 3, stride, counts.data());
  for (std::size_t c = 0; c < stride; ++c) {
    EXPECT_EQ(counts[c], 0.125F);
    EXPECT_EQ(counts[stride + c], 0.75F);
  }
}

TEST(Members, ThinnedOnesAreThoseThatAreLookedAt) {
  Members members;
  for (std::uint32_t event = 0; event < 1000; ++event)
    members.add(2 * event, event < 300 ? 0.99F : event < 600 ? 0.6F : 0.1F);
  const std::size_t stride = members.stride_of(300);
  Members thinned = members;
  thinned.thin(300);
  EXPECT_EQ(stride, 3U);
  EXPECT_EQ(thinned.stride_of(300), 1U);
  ASSERT_EQ(thinned.size(), 334U);
  for (std::size_t i = 0; i < thinned.size(); ++i) {
    EXPECT_EQ(thinned.event(i), members.event(i * stride));
    EXPECT_EQ(thinned.probability(i), members.probability(i * stride));
  }
  EXPECT_EQ(thinned.likely(), 600U);
  EXPECT_EQ(thinned.sure(), 300U);
  const Members everyone = Members::everyone(7);
  EXPECT_EQ(everyone.size(), 7U);
  EXPECT_EQ(everyone.event(6), 6U);
  EXPECT_EQ(everyone.sure(), 7U);
}

}  // namespace
}  // namespace gateless::annotate
