// Figures for papers: there for everything that was asked, valid XML whatever the names are.
#include "host/report/figures.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/report/browser.hpp"
#include "tests/report/fake_trial.hpp"

namespace gateless::report {
namespace {

const PaperFigure* figure_of(const std::vector<PaperFigure>& figures, const std::string& name) {
  for (const PaperFigure& figure : figures) {
    if (figure.name == name) return &figure;
  }
  return nullptr;
}

TEST(PaperFigures, EachAskedSubsetDivisionAndMapHasOne) {
  const std::vector<PaperFigure> figures = paper_figures(fake_trial());
  std::set<std::string> names;
  for (const PaperFigure& figure : figures) names.insert(figure.name);
  EXPECT_EQ(names.size(), figures.size());
  const PaperFigure* course = figure_of(figures, "visits_b_dn");
  ASSERT_NE(course, nullptr);
  EXPECT_NE(course->svg.find(">Double-negative (DN) B cells</text>"), std::string::npos);
  EXPECT_GE(occurrences(course->svg, "<circle"), 6U * 3U + 6U + 6U);  // visits, key, controls
  const PaperFigure* division = figure_of(figures, "borders_01_b_cell_IgD_CD27");
  ASSERT_NE(division, nullptr);
  EXPECT_EQ(occurrences(division->svg, "stroke-dasharray"), 4U * 2U);  // two borders a picture
  EXPECT_NE(division->svg.find(">healthy, baseline</text>"), std::string::npos);
  const PaperFigure* map = figure_of(figures, "map_B");
  ASSERT_NE(map, nullptr);
  EXPECT_EQ(occurrences(map->svg, "r=\"1.1\""), 24U * 135U);  // 24 samples, 135 events each
}

TEST(PaperFigures, TextIsTextAndNamesAreFileNames) {
  for (const PaperFigure& figure : paper_figures(hostile_trial())) {
    EXPECT_EQ(figure.svg.find("<script"), std::string::npos);
    EXPECT_EQ(figure.name.find_first_of("/<>&\" "), std::string::npos) << figure.name;
  }
}

TEST(PaperFigures, AnEmptyRunHasNone) { EXPECT_TRUE(paper_figures(Results{}).empty()); }

}  // namespace
}  // namespace gateless::report
