#include "host/statistics/abnormal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "host/core/distribution.hpp"
#include "host/statistics/contrast.hpp"
#include "host/statistics/correlation.hpp"
#include "host/statistics/person_rows.hpp"
#include "host/statistics/tests.hpp"

namespace gateless::statistics {
namespace {

/// What is listed: so few false clusters that one in twenty trials without any has one.
constexpr double kDiscoveryRate = 0.05;

AbnormalRow row_of(const Contrast& contrast) {
  AbnormalRow row;
  row.events = contrast.events;
  row.enrichment = contrast.enrichment;
  row.p = contrast.p;
  row.activity_rho = contrast.activity_rho;
  row.activity_p = contrast.activity_p;
  row.patients_present = contrast.patients_present;
  row.patients_quantifiable = contrast.patients_quantifiable;
  return row;
}

/// What the batches allow to be said.
const char* words_of(Design design) {
  switch (design) {
    case Design::kUnknown:
      return "; batches not known, an excess may be theirs";
    case Design::kBalanced:
      break;
    case Design::kWithin:
      return " within batches";
    case Design::kBetween:
      return " of batches' medians; no batch has both, so an excess may be the batches' own and "
             "not the patients'";
  }
  return "";
}

std::string evidence_of(const std::string& kind, const Contrast& contrast,
                        const std::string& whole) {
  if (contrast.healthy_people == 0) {
    return fmt::format(
        "{}; without healthy controls it cannot be said whether patients have more of it than "
        "healthy people",
        kind);
  }
  return fmt::format(
      "{}; fraction of {}: {} patients at baseline against {} healthy controls, {}{}{}", kind,
      whole, contrast.patients_measured, contrast.healthy_people,
      contrast.is_exact ? "exact Mann-Whitney" : "Mann-Whitney", words_of(contrast.design),
      contrast.is_at_least ? "; enrichment is the least it can be, none in most controls" : "");
}

/// Median over patients of the population's share of memory B cells.
Number median_share(const std::vector<Person>& people, const Measurements& measurements) {
  std::vector<double> fractions;
  for (const Person& person : people) {
    const auto found = measurements.find(person.name);
    if (person.is_healthy || found == measurements.end() || found->second.whole <= 0.0) continue;
    fractions.push_back(found->second.events / found->second.whole);
  }
  return median_of(fractions);
}

AbnormalRow defined_row(const AbnormalSubset& subset, const PersonRows::People& rows,
                        const std::string& parent, const std::map<std::string, double>& memory,
                        const std::vector<Person>& people, const DetectionLimits& limits) {
  Measurements of_parent, of_memory;
  for (const auto& [person, row] : rows) {
    of_parent[person] = {.events = row.events, .whole = row.parent_events};
    const auto found = memory.find(person);
    if (found != memory.end()) of_memory[person] = {.events = row.events, .whole = found->second};
  }
  const AbundanceRow& any = rows.begin()->second;
  const bool has_memory = !of_memory.empty();
  const Contrast contrast = contrast_of(people, has_memory ? of_memory : of_parent, limits);
  AbnormalRow row = row_of(contrast);
  row.subset = subset.id;
  row.name = any.name;
  row.phenotype = subset.phenotype;
  if (has_memory) row.fraction_of_memory_b = median_share(people, of_memory);
  row.evidence = evidence_of("by definition", contrast, has_memory ? "memory B cells" : parent);
  return row;
}

std::vector<AbnormalRow> defined_rows(const AbnormalInput& input, const PersonRows& index,
                                      const std::vector<Person>& people,
                                      const DetectionLimits& limits) {
  std::vector<AbnormalRow> rows;
  for (const AbnormalSubset& subset : input.defined) {
    const PersonRows::People* measured = index.best(subset.id);
    if (measured == nullptr) continue;
    const std::string& panel = measured->begin()->second.panel;
    const bool is_memory = index.is_within(subset.id, input.memory_b, panel);
    const std::map<std::string, double> memory =
        is_memory ? index.sum(input.memory_b, panel) : std::map<std::string, double>{};
    rows.push_back(
        defined_row(subset, *measured, index.parent_of(subset.id, panel), memory, people, limits));
  }
  std::vector<Number> p;
  for (const AbnormalRow& row : rows) p.push_back(row.p);
  const std::vector<Number> q = benjamini_hochberg(p);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].q = q[i];
  return rows;
}

/// Each person's rows of a count table: the chosen visit's samples, replicates together.
std::map<std::string, std::vector<std::size_t>> count_rows_of(const BCellClusters& clusters,
                                                              const Study& study,
                                                              const std::vector<Person>& people) {
  std::map<std::string, std::vector<std::size_t>> rows;
  for (std::size_t row = 0; row < clusters.samples.size(); ++row) {
    for (const Sample& sample : study.samples) {
      if (sample.is_control || sample.file != clusters.samples[row]) continue;
      const auto is_chosen = [&](const Person& person) {
        return person.name == sample.patient && person.visit == sample.visit;
      };
      if (std::any_of(people.begin(), people.end(), is_chosen)) rows[sample.patient].push_back(row);
    }
  }
  return rows;
}

/// A cluster's events and the B cells (or the memory B cells) that they are among.
Measurements cluster_measurements(const BCellClusters& clusters,
                                  const std::map<std::string, std::vector<std::size_t>>& rows_of,
                                  std::size_t cluster, bool of_memory) {
  Measurements measurements;
  for (const auto& [person, rows] : rows_of) {
    MeasuredPerson& measured = measurements[person];
    for (const std::size_t row : rows) {
      measured.events += clusters.counts(row, cluster);
      for (std::size_t other = 0; other < clusters.counts.columns(); ++other) {
        if (!of_memory || clusters.is_memory[other]) measured.whole += clusters.counts(row, other);
      }
    }
  }
  return measurements;
}

std::vector<AbnormalRow> discovered_rows(const BCellClusters& clusters, const Study& study,
                                         const std::vector<Person>& people) {
  const auto rows_of = count_rows_of(clusters, study, people);
  std::vector<AbnormalRow> tested;
  std::vector<Number> p;
  bool has_healthy = false;
  for (std::size_t cluster = 0; cluster < clusters.clusters.size(); ++cluster) {
    if (clusters.is_non_reactive[cluster]) continue;
    const Contrast contrast = contrast_of(
        people, cluster_measurements(clusters, rows_of, cluster, false), study.compare.limits);
    has_healthy = has_healthy || contrast.healthy_people > 0;
    AbnormalRow row = row_of(contrast);
    row.cluster = clusters.clusters[cluster];
    row.subset = clusters.subsets[cluster];
    row.name = clusters.names[cluster];
    row.phenotype = clusters.phenotypes[cluster];
    if (clusters.is_memory[cluster])
      row.fraction_of_memory_b =
          median_share(people, cluster_measurements(clusters, rows_of, cluster, true));
    row.evidence = evidence_of(
        contrast.healthy_people > 0 ? "by discovery" : "by discovery; rises with activity",
        contrast, "B cells");
    p.push_back(contrast.healthy_people > 0 ? contrast.p : contrast.activity_p);
    tested.push_back(row);
  }
  const std::vector<Number> q = benjamini_hochberg(p);
  std::vector<AbnormalRow> found;
  for (std::size_t i = 0; i < tested.size(); ++i) {
    tested[i].q = q[i];
    const bool is_more = has_healthy ? tested[i].enrichment.value_or(0.0) > 1.0
                                     : tested[i].activity_rho.value_or(0.0) > 0.0;
    if (is_more && tested[i].patients_present > 0 && q[i].value_or(1.0) <= kDiscoveryRate)
      found.push_back(tested[i]);
  }
  return found;
}

std::string without_healthy(const Study& study, const std::vector<Person>& people) {
  std::vector<double> scores;
  for (const Person& person : people) {
    if (person.activity) scores.push_back(*person.activity);
  }
  return fmt::format(
      "no sample is of group '{}': whether patients have more of a population than healthy "
      "people cannot be said; abnormal populations are those that are defined{}",
      study.compare.healthy_group,
      spearman(scores, scores).rho ? ", and clusters that rise with the activity score"
                                   : ", and none can be discovered");
}

}  // namespace

std::vector<std::string> limits_of_discovery(const Study& study) {
  const std::vector<Person> people = people_of(study);
  const auto is_healthy = [](const Person& person) { return person.is_healthy; };
  const auto healthy = std::count_if(people.begin(), people.end(), is_healthy);
  if (static_cast<std::size_t>(healthy) == people.size()) return {};
  if (healthy == 0) return {without_healthy(study, people)};
  const ContrastDesign design = design_of(people);
  const bool is_hopeless = design.p_floor && *design.p_floor > kDiscoveryRate;
  std::vector<std::string> limits;
  if (design.design == Design::kBetween) {
    limits.push_back(fmt::format(
        "patients and healthy controls were never measured in one batch: what sets them apart may "
        "be "
        "the batches; batches are compared, {} against {}, where p cannot be below {:.2g}{}",
        design.patients, design.healthy, design.p_floor.value_or(0.0),
        is_hopeless ? ", so that no abnormal population can be discovered" : ""));
  } else if (is_hopeless) {
    limits.push_back(fmt::format(
        "{} patient{} and {} healthy control{} {}are too few to discover an abnormal population: "
        "when the two groups are compared, p cannot be below {:.2g}",
        design.patients, design.patients == 1 ? "" : "s", design.healthy,
        design.healthy == 1 ? "" : "s",
        design.design == Design::kWithin ? "compared within batches " : "", *design.p_floor));
  }
  if (design.design == Design::kUnknown) {
    limits.push_back(
        "the sample sheet does not say in which batch each sample was measured: if patients and "
        "healthy controls had other days or lots, an excess in abnormal.csv may be theirs; fill in "
        "the column batch");
  }
  return limits;
}

std::vector<AbnormalRow> find_abnormal(const AbnormalInput& input, const Study& study) {
  const std::vector<Person> people = people_of(study);
  std::vector<AbnormalRow> rows =
      defined_rows(input, PersonRows(input.abundance, study, people), people, study.compare.limits);
  for (const BCellClusters& clusters : input.discovered) {
    const std::vector<AbnormalRow> found = discovered_rows(clusters, study, people);
    rows.insert(rows.end(), found.begin(), found.end());
  }
  return rows;
}

}  // namespace gateless::statistics
