// A population in patients against healthy people, each person counted once.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "host/core/results.hpp"
#include "host/core/study.hpp"

namespace gateless {

/// One person's sample: whose it is and how active the disease is.
struct Person {
  std::string name;
  bool is_healthy = false;
  std::string visit;
  Number activity;
};

/// Everybody once: at baseline where there is such a sample, else at the first visit of the sheet. Controls (role)
/// are left out.
[[nodiscard]] std::vector<Person> people_of(const Study& study);

/// A population in one person's sample.
struct Measured {
  double events = 0.0;
  double whole = 0.0;  ///< events that the fraction is of
};

/// Fractions of one population: patients against healthy, and against activity.
struct Contrast {
  double events = 0.0;
  Number patients, healthy;  ///< median fractions
  Number enrichment, p, activity_rho, activity_p;
  std::size_t healthy_people = 0, patients_measured = 0, patients_present = 0;
};

using Measurements = std::map<std::string, Measured>;  ///< person -> events

/// Exact Mann-Whitney test of the fractions, and Spearman against activity over the patients.
[[nodiscard]] Contrast contrast_of(const std::vector<Person>& people,
                                   const Measurements& measurements);

}  // namespace gateless
