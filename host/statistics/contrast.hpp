// A population in patients against healthy people, each person counted once.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "host/core/results.hpp"
#include "host/core/study.hpp"
#include "host/statistics/batches.hpp"

namespace gateless::statistics {

/// One person's sample: whose it is and how active the disease is.
struct Person {
  std::string name;
  bool is_healthy = false;
  std::string visit;
  std::string batch;  ///< of the visit's sample; of several, all
  Number activity;
};

/// Everybody once: at baseline where there is such a sample, else at the first visit of the sheet. Controls (role)
/// are left out.
[[nodiscard]] std::vector<Person> people_of(const Study& study);

/// A population in one person's sample.
struct MeasuredPerson {
  double events = 0.0;
  double whole = 0.0;  ///< events that the fraction is of
};

/// Fractions of one population: patients against healthy, and against activity.
struct Contrast {
  double events = 0.0;
  Number patients, healthy;  ///< median fractions
  /// Median of patients over that of the healthy; where that is zero, over half an event in the healthy's median sample.
  Number enrichment;
  bool is_at_least = false;  ///< the enrichment: the healthy's median is zero
  Number p, activity_rho, activity_p;
  bool is_exact = true;  ///< p
  std::size_t healthy_people = 0, patients_measured = 0, patients_present = 0,
              patients_quantifiable = 0;
  Design design = Design::kUnknown;
};

using Measurements = std::map<std::string, MeasuredPerson>;  ///< person -> events

/// Exact Mann-Whitney test of the fractions between those who may be compared (batches.hpp), and Spearman against
/// activity over the patients.
[[nodiscard]] Contrast contrast_of(const std::vector<Person>& people,
                                   const Measurements& measurements, const DetectionLimits& limits);

/// The design by which these people are compared, and the smallest p that it can give (empty without both groups).
struct ContrastDesign {
  Design design = Design::kUnknown;
  std::size_t patients = 0, healthy = 0;  ///< people; kBetween: batches
  Number p_floor;
};
[[nodiscard]] ContrastDesign design_of(const std::vector<Person>& people);

}  // namespace gateless::statistics
