// Fractions, intervals and detection classes of a few samples that one can check by hand.
#include "host/statistics/abundance.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "host/statistics/intervals.hpp"

namespace gateless::statistics {
namespace {

/// One panel, two samples, leukocytes > B cells > DN and naive.
AbundanceInput example() {
  AbundanceInput input;
  for (const char* file : {"a.fcs", "b.fcs"}) {
    Sample sample;
    sample.file = file;
    sample.patient = "P1";
    sample.visit = file[0] == 'a' ? "baseline" : "week 24";
    sample.group = "sle";
    input.samples.push_back(sample);
  }
  input.samples[0].cells_per_ul = 2000.0;
  PanelCounts counts;
  counts.panel = "B";
  counts.subsets = {
      {.id = "leukocyte", .name = "Leukocytes", .parent = "", .lineage = "", .is_overlay = false},
      {.id = "b_cell",
       .name = "B cells",
       .parent = "leukocyte",
       .lineage = "b_cell",
       .is_overlay = false},
      {.id = "b_dn", .name = "DN", .parent = "b_cell", .lineage = "b_cell", .is_overlay = false},
      {.id = "b_naive",
       .name = "Naive",
       .parent = "b_cell",
       .lineage = "b_cell",
       .is_overlay = false}};
  counts.samples = {0, 1};
  counts.kept = {10'000, 5'000};
  counts.expected = Matrix<double>(2, 4);
  counts.variance = Matrix<double>(2, 4, 0.0);
  const double expected[2][4] = {{8'000, 1'000, 100, 600}, {4'000, 300, 15, 50}};
  for (std::size_t sample = 0; sample < 2; ++sample) {
    for (std::size_t subset = 0; subset < 4; ++subset)
      counts.expected(sample, subset) = expected[sample][subset];
  }
  input.panels.push_back(counts);
  return input;
}

AbundanceRow row_of(const std::vector<AbundanceRow>& rows, const std::string& subset,
                    const std::string& sample) {
  for (const AbundanceRow& row : rows) {
    if (row.subset == subset && row.sample == sample) return row;
  }
  ADD_FAILURE() << "no row of " << subset << " in " << sample;
  return {};
}

TEST(Abundance, FractionsAreOfParentLineageAndAll) {
  const AbundanceRow row = row_of(measure_abundance(example()), "b_dn", "a.fcs");
  EXPECT_EQ(row.panel, "B");
  EXPECT_EQ(row.parent, "b_cell");
  EXPECT_EQ(row.parent_events, 1'000.0);
  EXPECT_DOUBLE_EQ(*row.fraction_of_parent, 0.1);
  EXPECT_DOUBLE_EQ(*row.fraction_of_lineage, 0.1);
  EXPECT_DOUBLE_EQ(*row.fraction_of_all, 0.01);
  EXPECT_DOUBLE_EQ(*row.cells_per_ul, 20.0);
  EXPECT_DOUBLE_EQ(*row.low, wilson(100, 1'000).low);
  EXPECT_DOUBLE_EQ(*row.high, wilson(100, 1'000).high);
  EXPECT_FALSE(row_of(measure_abundance(example()), "b_dn", "b.fcs").cells_per_ul);
}

TEST(Abundance, RootIsAFractionOfAllKeptEvents) {
  const AbundanceRow row = row_of(measure_abundance(example()), "leukocyte", "a.fcs");
  EXPECT_EQ(row.parent_events, 10'000.0);
  EXPECT_DOUBLE_EQ(*row.fraction_of_parent, 0.8);
  EXPECT_FALSE(row.fraction_of_lineage);
}

TEST(Abundance, DetectionFollowsTheLimits) {
  const std::vector<AbundanceRow> rows = measure_abundance(example());
  EXPECT_EQ(row_of(rows, "b_dn", "a.fcs").detection, Detection::kQuantifiable);
  EXPECT_EQ(row_of(rows, "b_dn", "b.fcs").detection, Detection::kNotDetected);
  EXPECT_EQ(row_of(rows, "b_naive", "b.fcs").detection, Detection::kNotQuantifiable);
  AbundanceInput strict = example();
  strict.limits = {.detected = 10, .quantifiable = 40};
  EXPECT_EQ(row_of(measure_abundance(strict), "b_naive", "b.fcs").detection,
            Detection::kQuantifiable);
}

TEST(Abundance, DoubtAboutNamesWidensTheInterval) {
  AbundanceInput input = example();
  input.panels[0].variance(0, 2) = 90.0;  // as much as counting: n p (1 - p)
  const AbundanceRow row = row_of(measure_abundance(input), "b_dn", "a.fcs");
  EXPECT_DOUBLE_EQ(row.effective_parent_events, 500.0);
  EXPECT_DOUBLE_EQ(*row.low, wilson(50, 500).low);
}

TEST(Abundance, NothingIsSaidOfAnEmptyParent) {
  AbundanceInput input = example();
  for (std::size_t subset = 0; subset < 4; ++subset) input.panels[0].expected(1, subset) = 0.0;
  input.panels[0].kept[1] = 0.0;
  const AbundanceRow row = row_of(measure_abundance(input), "b_dn", "b.fcs");
  EXPECT_FALSE(row.fraction_of_parent || row.low || row.high || row.fraction_of_all ||
               row.fraction_of_lineage);
  EXPECT_EQ(row.detection, Detection::kNotDetected);
}

TEST(Abundance, CompositesAddUpFallBackOrAreLeftOut) {
  AbundanceInput input = example();
  KnownComposite both{.id = "both",
                      .name = "Both",
                      .of = {"b_dn", "b_naive"},
                      .fallback = {},
                      .ratio = {},
                      .denominator = "b_cell"};
  KnownComposite fallen{.id = "fallen",
                        .name = "Abnormal",
                        .of = {"b_dn2"},
                        .fallback = {"b_dn"},
                        .ratio = {},
                        .denominator = "b_cell"};
  KnownComposite open = both;
  open.id = "open";
  open.where_resolvable = {"b_dn2"};
  KnownComposite wide = both;
  wide.id = "wide";
  wide.of = {"b_naive"};
  wide.where_resolvable = {"b_dn2", "b_dn"};
  KnownComposite absent{.id = "absent",
                        .name = "Absent",
                        .of = {"b_dn2"},
                        .fallback = {},
                        .ratio = {},
                        .denominator = "b_cell"};
  KnownComposite balance{.id = "balance",
                         .name = "DN / naive",
                         .of = {},
                         .fallback = {},
                         .ratio = {"fallen", "b_naive"},
                         .denominator = ""};
  input.composites = {both, fallen, absent, balance, open, wide};
  const std::vector<AbundanceRow> rows = measure_abundance(input);
  EXPECT_EQ(rows.size(), 4U * 2U + 5U * 2U);
  EXPECT_DOUBLE_EQ(*row_of(rows, "both", "a.fcs").fraction_of_parent, 0.7);
  EXPECT_DOUBLE_EQ(*row_of(rows, "open", "a.fcs").fraction_of_parent, 0.7);
  EXPECT_DOUBLE_EQ(*row_of(rows, "wide", "a.fcs").fraction_of_parent, 0.7);
  EXPECT_EQ(row_of(rows, "fallen", "a.fcs").name, "Abnormal (here: DN)");
  EXPECT_DOUBLE_EQ(*row_of(rows, "fallen", "a.fcs").fraction_of_parent, 0.1);
  const AbundanceRow ratio = row_of(rows, "balance", "a.fcs");
  EXPECT_DOUBLE_EQ(*ratio.fraction_of_parent, 100.0 / 600.0);
  // log ratio: variance 1 / 100 + 1 / 600
  EXPECT_NEAR(*ratio.low, 100.0 / 600.0 * std::exp(-1.959963985 * std::sqrt(1.0 / 100 + 1.0 / 600)),
              1e-9);
  EXPECT_EQ(row_of(rows, "balance", "b.fcs").detection, Detection::kNotDetected);
}

}  // namespace
}  // namespace gateless::statistics
