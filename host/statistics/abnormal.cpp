#include "host/statistics/abnormal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "host/statistics/contrast.hpp"
#include "host/statistics/tests.hpp"

namespace gateless {
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
  return row;
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
      "{}; fraction of {}: {} patients at baseline against {} healthy controls, exact Mann-Whitney",
      kind, whole, contrast.patients_measured, contrast.healthy_people);
}

/// Rows of the abundance table by panel and subset, each person's chosen sample only.
class AbundanceIndex {
 public:
  AbundanceIndex(const std::vector<AbundanceRow>& rows, const Study& study,
                 const std::vector<Person>& people) {
    std::set<std::string> controls;
    for (const Sample& sample : study.samples) {
      if (sample.is_control) controls.insert(sample.file);
    }
    std::map<std::string, std::string> visit_of;
    for (const Person& person : people) visit_of[person.name] = person.visit;
    for (const AbundanceRow& row : rows) {
      const auto visit = visit_of.find(row.patient);
      if (controls.contains(row.sample) || visit == visit_of.end() || visit->second != row.visit)
        continue;
      const auto [entry, is_new] =
          chosen_.try_emplace({row.subset, row.panel}).first->second.emplace(row.patient, row);
      if (is_new) continue;
      entry->second.events += row.events;  // a replicate
      entry->second.parent_events += row.parent_events;
    }
  }

  using People = std::map<std::string, AbundanceRow>;

  /// The subset's rows in the panel where it has most events; null if it was not measured.
  [[nodiscard]] const People* best(const std::string& subset) const {
    const People* best = nullptr;
    double most = -1.0;
    for (const auto& [key, rows] : chosen_) {
      if (key.first != subset) continue;
      double events = 0.0;
      for (const auto& [person, row] : rows) events += row.events;
      if (events > most) {
        most = events;
        best = &rows;
      }
    }
    return best;
  }

  /// Whether a subset of a panel is one of `ancestors` or lies within one.
  [[nodiscard]] bool is_within(std::string subset, const std::vector<std::string>& ancestors,
                               const std::string& panel) const {
    for (std::size_t depth = 0; depth <= chosen_.size(); ++depth) {
      if (std::find(ancestors.begin(), ancestors.end(), subset) != ancestors.end()) return true;
      const auto found = chosen_.find({subset, panel});
      if (found == chosen_.end()) return false;
      subset = found->second.begin()->second.parent;
    }
    return false;
  }

  /// Memory B events of each person in a panel; empty unless every part was measured there.
  [[nodiscard]] std::map<std::string, double> memory(const std::vector<std::string>& parts,
                                                     const std::string& panel) const {
    std::map<std::string, double> events;
    for (const std::string& part : parts) {
      const auto found = chosen_.find({part, panel});
      if (found == chosen_.end()) return {};
      for (const auto& [person, row] : found->second) events[person] += row.events;
    }
    return events;
  }

 private:
  std::map<std::pair<std::string, std::string>, People>
      chosen_;  ///< (subset, panel) -> person -> row
};

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

AbnormalRow defined_row(const AbnormalSubset& subset, const AbundanceIndex::People& rows,
                        const std::map<std::string, double>& memory,
                        const std::vector<Person>& people) {
  Measurements of_parent, of_memory;
  for (const auto& [person, row] : rows) {
    of_parent[person] = {.events = row.events, .whole = row.parent_events};
    const auto found = memory.find(person);
    if (found != memory.end()) of_memory[person] = {.events = row.events, .whole = found->second};
  }
  const AbundanceRow& any = rows.begin()->second;
  const bool has_memory = !of_memory.empty();
  const Contrast contrast = contrast_of(people, has_memory ? of_memory : of_parent);
  AbnormalRow row = row_of(contrast);
  row.subset = subset.id;
  row.name = any.name;
  row.phenotype = subset.phenotype;
  if (has_memory) row.fraction_of_memory_b = median_share(people, of_memory);
  const std::string parent = any.parent.empty() ? "all events" : any.parent;
  row.evidence = evidence_of("by definition", contrast, has_memory ? "memory B cells" : parent);
  return row;
}

std::vector<AbnormalRow> defined_rows(const AbnormalInput& input, const AbundanceIndex& index,
                                      const std::vector<Person>& people) {
  std::vector<AbnormalRow> rows;
  for (const AbnormalSubset& subset : input.defined) {
    const AbundanceIndex::People* measured = index.best(subset.id);
    if (measured == nullptr) continue;
    const std::string& panel = measured->begin()->second.panel;
    const bool is_memory = index.is_within(subset.id, input.memory_b, panel);
    const std::map<std::string, double> memory =
        is_memory ? index.memory(input.memory_b, panel) : std::map<std::string, double>{};
    rows.push_back(defined_row(subset, *measured, memory, people));
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
    Measured& measured = measurements[person];
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
    const Contrast contrast =
        contrast_of(people, cluster_measurements(clusters, rows_of, cluster, false));
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

}  // namespace

std::vector<std::string> limits_of_discovery(const Study& study) {
  std::vector<double> patients, healthy, scores;
  for (const Person& person : people_of(study)) {
    (person.is_healthy ? healthy : patients).push_back(static_cast<double>(patients.size()));
    if (!person.is_healthy && person.activity) scores.push_back(*person.activity);
  }
  if (patients.empty()) return {};
  if (healthy.empty()) {
    const bool has_scores = spearman(scores, scores).rho.has_value();
    return {fmt::format(
        "no sample is of group '{}': whether patients have more of a population than healthy "
        "people cannot be said; abnormal populations are those that are defined{}",
        study.compare.healthy_group,
        has_scores ? ", and clusters that rise with the activity score"
                   : ", and none can be discovered")};
  }
  const Number floor = rank_sum_test(patients, healthy).p_floor;
  if (!floor || *floor <= kDiscoveryRate) return {};
  return {fmt::format(
      "{} patients and {} healthy controls are too few to discover an abnormal population: p "
      "cannot be below {:.2g}",
      patients.size(), healthy.size(), *floor)};
}

std::vector<AbnormalRow> find_abnormal(const AbnormalInput& input, const Study& study) {
  const std::vector<Person> people = people_of(study);
  std::vector<AbnormalRow> rows =
      defined_rows(input, AbundanceIndex(input.abundance, study, people), people);
  for (const BCellClusters& clusters : input.discovered) {
    const std::vector<AbnormalRow> found = discovered_rows(clusters, study, people);
    rows.insert(rows.end(), found.begin(), found.end());
  }
  return rows;
}

}  // namespace gateless
