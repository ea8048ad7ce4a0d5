#include "host/statistics/contrast.hpp"

#include <algorithm>

#include "host/statistics/tests.hpp"

namespace gateless {
namespace {

constexpr double kPresent = 20.0;  ///< events, the limit of detection

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
  return people;
}

Contrast contrast_of(const std::vector<Person>& people, const Measurements& measurements) {
  Contrast contrast;
  std::vector<double> patients, healthy, scores, scored;
  for (const Person& person : people) {
    const auto found = measurements.find(person.name);
    if (found == measurements.end() || found->second.whole <= 0.0) continue;
    const double fraction = found->second.events / found->second.whole;
    contrast.events += found->second.events;
    (person.is_healthy ? healthy : patients).push_back(fraction);
    if (person.is_healthy) continue;
    if (found->second.events >= kPresent) ++contrast.patients_present;
    if (!person.activity) continue;
    scores.push_back(*person.activity);
    scored.push_back(fraction);
  }
  contrast.patients_measured = patients.size();
  contrast.healthy_people = healthy.size();
  contrast.patients = median_of(patients);
  contrast.healthy = median_of(healthy);
  if (contrast.patients && contrast.healthy && *contrast.healthy > 0.0)
    contrast.enrichment = *contrast.patients / *contrast.healthy;
  contrast.p = rank_sum_test(patients, healthy).p;
  const RankCorrelation activity = spearman(scores, scored);
  contrast.activity_rho = activity.rho;
  contrast.activity_p = activity.p;
  return contrast;
}

}  // namespace gateless
