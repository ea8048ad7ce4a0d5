#include "host/statistics/contrast.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "host/core/distribution.hpp"
#include "host/statistics/correlation.hpp"
#include "host/statistics/tests.hpp"

namespace gateless::statistics {
namespace {

/// The batches of all samples of a person's visit, so that replicates of two batches are a batch of their own.
std::string batches_of(const Study& study, const Person& person) {
  std::set<std::string> batches;
  for (const Sample& sample : study.samples) {
    if (sample.is_control || sample.patient != person.name || sample.visit != person.visit)
      continue;
    batches.insert(sample.batch);
  }
  if (batches.contains("")) return {};
  return fmt::format("{}", fmt::join(batches, " and "));
}

/// Times as many in patients as in the healthy.
void set_enrichment(Contrast& contrast, const std::vector<double>& healthy_wholes) {
  if (!contrast.patients || !contrast.healthy) return;
  if (*contrast.patients <= 0.0 && *contrast.healthy <= 0.0) return;
  contrast.is_at_least = *contrast.healthy <= 0.0;
  const double healthy =
      contrast.is_at_least ? 0.5 / *median_of(healthy_wholes) : *contrast.healthy;
  contrast.enrichment = *contrast.patients / healthy;
}

}  // namespace

std::vector<Person> people_of(const Study& study) {
  std::vector<Person> people;
  for (const Sample& sample : study.samples) {
    if (sample.is_control) continue;
    auto person = std::find_if(people.begin(), people.end(),
                               [&](const Person& each) { return each.name == sample.patient; });
    if (person == people.end()) {
      people.push_back({.name = sample.patient,
                        .is_healthy = sample.group == study.compare.healthy_group,
                        .visit = sample.visit,
                        .batch = {},
                        .activity = {}});
      person = people.end() - 1;
    }
    const bool is_earlier_choice =
        person->visit != study.compare.baseline && sample.visit == study.compare.baseline;
    if (is_earlier_choice) {
      person->visit = sample.visit;
      person->activity.reset();
    }
    const auto score = sample.numbers.find(study.compare.activity);
    if (sample.visit == person->visit && score != sample.numbers.end() && score->second)
      person->activity = score->second;
  }
  for (Person& person : people) person.batch = batches_of(study, person);
  return people;
}

Contrast contrast_of(const std::vector<Person>& people, const Measurements& measurements,
                     const DetectionLimits& limits) {
  Contrast contrast;
  std::vector<double> patients, healthy, healthy_wholes, scores, scored;
  std::vector<BatchedValue> compared;
  for (const Person& person : people) {
    const auto found = measurements.find(person.name);
    if (found == measurements.end() || found->second.whole <= 0.0) continue;
    const double fraction = found->second.events / found->second.whole;
    contrast.events += found->second.events;
    (person.is_healthy ? healthy : patients).push_back(fraction);
    compared.push_back({fraction, !person.is_healthy, person.batch});
    if (person.is_healthy) {
      healthy_wholes.push_back(found->second.whole);
      continue;
    }
    if (found->second.events >= limits.detected) ++contrast.patients_present;
    if (found->second.events > limits.quantifiable) ++contrast.patients_quantifiable;
    if (!person.activity) continue;
    scores.push_back(*person.activity);
    scored.push_back(fraction);
  }
  contrast.patients_measured = patients.size();
  contrast.healthy_people = healthy.size();
  contrast.patients = median_of(patients);
  contrast.healthy = median_of(healthy);
  set_enrichment(contrast, healthy_wholes);
  contrast.design = design_of(compared);
  const RankSumTest test = rank_sum_test(strata_of(compared));
  contrast.p = test.p;
  contrast.is_exact = test.is_exact;
  const RankCorrelation activity = spearman(scores, scored);
  contrast.activity_rho = activity.rho;
  contrast.activity_p = activity.p;
  return contrast;
}

ContrastDesign design_of(const std::vector<Person>& people) {
  std::vector<BatchedValue> values;
  for (const Person& person : people)
    values.push_back({static_cast<double>(values.size()), !person.is_healthy, person.batch});
  ContrastDesign result{.design = design_of(values), .patients = 0, .healthy = 0, .p_floor = {}};
  const std::vector<Stratum> strata = strata_of(values);
  for (const Stratum& stratum : strata) {
    result.patients += stratum.first.size();
    result.healthy += stratum.second.size();
  }
  result.p_floor = rank_sum_test(strata).p_floor;
  return result;
}

}  // namespace gateless::statistics
