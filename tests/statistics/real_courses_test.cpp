// A published longitudinal study: B-cell clusters of 21 vaccinated people at up to ten visits (Code ID, counts per cluster,
// and the authors' analysis of variance); skipped where its tables are not at hand.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "host/statistics/change.hpp"
#include "host/statistics/correlation.hpp"
#include "tests/statistics/simulated_counts.hpp"

namespace gateless::statistics {
namespace {

std::filesystem::path study_folder() {
  const char* folder = std::getenv("GATELESS_DATA");
  const std::filesystem::path root =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::path(GATELESS_SOURCE_DIR) / "../shared/data";
  return root / "niaid_vaccine_bcell_freq";
}

/// Column -> text, of each row; no field of these tables holds a comma.
std::vector<std::map<std::string, std::string>> read_table(const std::filesystem::path& path) {
  std::ifstream file(path);
  const auto fields = [](std::string line) {
    std::erase(line, '"');
    std::erase(line, '\r');
    std::vector<std::string> result;
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) result.push_back(field);
    return result;
  };
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> header = fields(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = fields(line);
    std::map<std::string, std::string> row;
    for (std::size_t cell = 0; cell < cells.size(); ++cell) row[header[cell]] = cells[cell];
    rows.push_back(row);
  }
  return rows;
}

/// Clusters of all B cells, and "spike C5" and the like: their cells that bind both probes, of all B cells too.
Comparison compare_published() {
  Study study;
  study.compare.baseline = "D1_pre";
  std::vector<AbundanceRow> rows;
  std::map<std::string, bool> has_sample;
  for (const auto& row : read_table(study_folder() / "pnas.cluster.data.csv")) {
    Sample sample;
    sample.patient = row.at("Code ID");
    sample.visit = row.at("timepoint");
    sample.file = sample.patient + " " + sample.visit;
    sample.group = "vaccinated";
    if (!has_sample[sample.file]) study.samples.push_back(sample);
    has_sample[sample.file] = true;
    const std::string& cluster = row.at("fs_meta_cluster");
    const double all = std::stod(row.at("n_cd19_total"));
    rows.push_back(counted_row(sample, cluster, std::stod(row.at("n_cells_in_cluster")), all));
    rows.push_back(counted_row(sample, "spike " + cluster, std::stod(row.at("double_count")), all));
  }
  return compare_visits(rows, study, {});
}

TEST(PublishedCourses, VisitsMatterWhereTheAuthorsFoundIt) {
  if (!std::filesystem::exists(study_folder()))
    GTEST_SKIP() << study_folder() << " is not at hand (set GATELESS_DATA)";
  std::map<std::string, double> published;
  for (const auto& row : read_table(study_folder() / "anova_results.csv")) {
    if (row.at("term") == "timepoint" && row.at("feature") == "cluster_fraction_total_CD19+")
      published[row.at("Cluster")] = std::stod(row.at("p.adjusted"));
  }
  ASSERT_EQ(published.size(), 30U);
  std::vector<double> ours, theirs;
  std::size_t sure = 0, found = 0;
  for (const ChangeRow& row : compare_published().changes) {
    if (row.test != "mixed model" || !row.p || !published.contains(row.subset)) continue;
    ours.push_back(*row.p);
    theirs.push_back(published.at(row.subset));
    if (published.at(row.subset) >= 0.001) continue;
    ++sure;
    found += *row.q < 0.05 ? 1U : 0U;
  }
  EXPECT_GE(ours.size(), 15U);
  // C10: p = 0.016 and q = 0.10 here.
  EXPECT_EQ(sure, 7U);
  EXPECT_GE(found, 6U);
  EXPECT_GT(*spearman(ours, theirs).rho, 0.6);
}

TEST(PublishedCourses, SpikeBindingCellsRiseInTheClustersOfThePaper) {
  if (!std::filesystem::exists(study_folder()))
    GTEST_SKIP() << study_folder() << " is not at hand (set GATELESS_DATA)";
  // Clusters whose share of binding cells differs between visits with an adjusted p < 1e-4 in the authors' table, at the
  // visit after which they are highest.
  const std::map<std::string, std::string> highest{{"spike C2", "D2_2weeks - D1_pre"},
                                                   {"spike C4", "D2_2weeks - D1_pre"},
                                                   {"spike C5", "D2_1week - D1_pre"},
                                                   {"spike C9", "D1_2week - D1_pre"},
                                                   {"spike C13", "D1_2week - D1_pre"}};
  std::size_t seen = 0;
  for (const ChangeRow& row : compare_published().changes) {
    const auto visit = highest.find(row.subset);
    if (visit == highest.end() || row.comparison != visit->second) continue;
    ++seen;
    EXPECT_GT(*row.change, 0.0) << row.subset;
    EXPECT_GE(*row.change_low, 0.0) << row.subset;
    EXPECT_GE(*row.median_after, *row.median_before) << row.subset;
  }
  EXPECT_EQ(seen, highest.size());
}

}  // namespace
}  // namespace gateless::statistics
