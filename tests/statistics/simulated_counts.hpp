// A made-up trial as counts: six patients, known changes, noise between samples beyond counting.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "host/core/results.hpp"
#include "host/core/study.hpp"
#include "host/statistics/intervals.hpp"

namespace gateless::statistics {

struct SimulatedSubset {
  std::string id;
  double fraction = 0.1;       ///< of the parent, in the median patient
  double parent_events = 1e4;  ///< in every sample
  double noise = 0.08;         ///< CV of the odds between samples of an unchanged patient
  double change =
      1.0;  ///< factor on the fraction at every visit but the first, in the changing patients
};

struct SimulatedTrial {
  std::vector<SimulatedSubset> subsets;
  std::size_t patients = 6;
  std::size_t changing = 4;  ///< the first patients
  std::vector<std::string> visits{"baseline", "week 4", "week 24"};
};

inline std::string patient_name(std::size_t patient) { return fmt::format("P{}", patient + 1); }

/// The study of a simulated trial, one sample per patient and visit.
inline Study study_of(const SimulatedTrial& trial) {
  Study study;
  for (std::size_t patient = 0; patient < trial.patients; ++patient) {
    for (const std::string& visit : trial.visits) {
      Sample sample;
      sample.patient = patient_name(patient);
      sample.visit = visit;
      sample.group = "sle";
      sample.file = sample.patient + " " + visit;
      study.samples.push_back(sample);
    }
  }
  return study;
}

/// A row whose fraction is known by counting alone.
inline AbundanceRow counted_row(const Sample& sample, const std::string& subset, double events,
                                double parent_events) {
  AbundanceRow row;
  row.sample = sample.file;
  row.patient = sample.patient;
  row.visit = sample.visit;
  row.group = sample.group;
  row.panel = std::string("B");
  row.subset = row.name = subset;
  row.parent = std::string("parent");
  row.events = events;
  row.parent_events = row.effective_parent_events = parent_events;
  row.fraction_of_parent = events / parent_events;
  row.detection = events < 20   ? Detection::kNotDetected
                  : events > 50 ? Detection::kQuantifiable
                                : Detection::kNotQuantifiable;
  return row;
}

/// Donors differ by a CV of 40 %, samples of a donor by the subset's noise, counts by the binomial.
inline std::vector<AbundanceRow> rows_of(const SimulatedTrial& trial, const Study& study,
                                         std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::vector<AbundanceRow> rows;
  for (const SimulatedSubset& subset : trial.subsets) {
    for (std::size_t patient = 0; patient < trial.patients; ++patient) {
      const double donor = subset.fraction * std::exp(0.4 * normal(random));
      for (std::size_t visit = 0; visit < trial.visits.size(); ++visit) {
        const double factor = visit > 0 && patient < trial.changing ? subset.change : 1.0;
        const double unmoved = std::min(0.9, donor * factor);
        const double odds = unmoved / (1.0 - unmoved) * std::exp(subset.noise * normal(random));
        const double fraction = odds / (1.0 + odds);
        std::binomial_distribution<long> binomial(static_cast<long>(subset.parent_events),
                                                  fraction);
        rows.push_back(counted_row(study.samples[patient * trial.visits.size() + visit], subset.id,
                                   static_cast<double>(binomial(random)), subset.parent_events));
      }
    }
  }
  return rows;
}

}  // namespace gateless::statistics
