#include "host/report/comparison_methods.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "host/report/improvement.hpp"
#include "host/report/sentences.hpp"

namespace gateless::report {
namespace {

std::string usual_variation(const Results& results) {
  if (!results.noise) return "";
  return fmt::format(
      " ({:.2g} % of a fraction; an empirical Bayes estimate from how far the subsets of two "
      "samples of one person differ beyond counting, with an unknown share of patients who "
      "changed; near 10 % where there are few pairs)",
      100.0 * *results.noise);
}

Step one_patient(const Results& results, const Configuration& configuration) {
  const std::string smallest = configuration.setting("compare", "smallest_change");
  const double least = smallest.empty() ? 0.15 : std::strtod(smallest.c_str(), nullptr);
  return {
      "Changes in one patient",
      fmt::format("Each visit was compared with the patient's own {}. The interval of a relative "
                  "change joins counting [[Clopper CJ, Pearson ES. Biometrika 1934;26:404-413]] "
                  "and the usual variation between samples{} by the method of Zou and Donner "
                  "[[Zou GY, Donner A. Stat Med 2008;27:1693-1702]]; a change is called where it "
                  "excludes zero and the change is {:.0f} % or more.",
                  results.baseline.empty() ? "baseline" : results.baseline,
                  usual_variation(results), 100.0 * least)};
}

std::string mixed_model() {
  return "over all visits a linear mixed model of the log odds (visit as fixed effect, a random "
         "level for each patient, samples weighted by counting and usual variation; restricted "
         "maximum likelihood [[Patterson HD, Thompson R. Biometrika 1971;58:545-554]], F test "
         "of the visits [[Pinheiro JC, Bates DM. Mixed-Effects Models in S and S-PLUS. 2000]])";
}

Step over_patients(const Results& results) {
  std::set<std::string> tests;
  std::map<std::string, std::size_t> families;  // tests in each
  for (const ChangeRow& row : results.changes) {
    if (!row.p) continue;
    tests.insert(row.test == "mixed model" ? mixed_model() : row.test);
    if (row.q) ++families[row.family];
  }
  std::vector<std::string> of;
  for (const auto& [family, number] : families) of.push_back(fmt::format("{} {}", number, family));
  return {
      "Changes over patients",
      fmt::format(
          "Typical changes are Hodges-Lehmann estimates [[Hodges JL, Lehmann EL. Ann Math Stat "
          "1963;34:598-611]]; tests: {}. p was adjusted (Benjamini-Hochberg) within primary and "
          "exploratory subsets "
          "apart{} [[Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300]].{}",
          tests.empty() ? "none, with so few patients" : fmt::format("{}", fmt::join(tests, ", ")),
          of.empty() ? "" : fmt::format(" ({} tests, at all visits)", fmt::join(of, " and ")),
          results.activity_name.empty()
              ? ""
              : fmt::format(" Changes were correlated with those of {} by Spearman's rank "
                            "correlation.",
                            score_name(results.activity_name)))};
}

/// Markers within the subsets.
Step markers(const Results& results) {
  const auto tested = std::count_if(results.marker_changes.begin(), results.marker_changes.end(),
                                    [](const MarkerChangeRow& row) { return row.p.has_value(); });
  if (tested == 0) return {};
  return {"Markers within subsets",
          fmt::format("The median of each marker in each subset that it does not define was "
                      "compared between visits, over the "
                      "patients with enough of its cells at both, by the same paired test; p was "
                      "adjusted over all {} tests, at all visits.",
                      tested)};
}

Step abnormal(const Results& results) {
  bool is_compared = false, is_within = false;
  for (const AbnormalRow& row : results.abnormal) {
    is_compared = is_compared || row.p;
    is_within = is_within || row.evidence.find("within batches") != std::string::npos;
  }
  if (!is_compared) return {};
  return {
      "Abnormal populations",
      fmt::format(
          "Populations that the knowledge file calls abnormal, and clusters of B cells, were "
          "compared at baseline between patients and healthy controls, as fractions of memory "
          "B cells or of what holds them, by the two-sided Mann-Whitney test [[Mann HB, Whitney "
          "DR. Ann Math Stat 1947;18:50-60]]{}; p was adjusted over the defined populations and "
          "over the clusters apart.",
          is_within ? " with ranks taken within batches [[van Elteren PH. Bull Int Stat Inst "
                      "1960;37:351-361]]"
                    : "")};
}

}  // namespace

std::vector<Step> comparison_steps(const Results& results, const Configuration& configuration) {
  if (results.patients.empty()) return {};
  return {one_patient(results, configuration), over_patients(results), markers(results),
          abnormal(results)};
}

}  // namespace gateless::report
