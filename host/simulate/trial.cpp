#include "host/simulate/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/simulate/course.hpp"

namespace gateless::simulate {
namespace {

constexpr std::size_t kBatches = 3;
constexpr std::size_t kFirstControl = std::size_t{1} << 20U;  ///< donors below are patients

// Streams are numbered by what they are for, not by position, so that a trial of fewer panels, patients or
// controls has the same files, only fewer.
std::size_t donor_index(const Bleeding& bleeding) {
  return bleeding.patient_index + (bleeding.is_healthy ? kFirstControl : 0);
}
std::size_t panel_index(const StainingPanel& panel) { return panel.name == "B" ? 1 : 2; }
std::size_t tube_index(const StainingPanel& panel, const Bleeding& bleeding) {
  return (donor_index(bleeding) * 8 + bleeding.visit_index) * 4 + panel_index(panel);
}

/// Donors come in pairs of patients and controls: neither disease nor visit goes with the batch.
std::size_t batch_index(const Bleeding& bleeding) { return bleeding.patient_index / 2 % kBatches; }

Bleeding bleed(const SimulationOptions& options, std::size_t person, std::size_t visit,
               bool is_healthy) {
  Bleeding bleeding;
  bleeding.patient = fmt::format("{}{:02}", is_healthy ? "HC" : "SLE", person + 1);
  bleeding.visit = visits()[visit];
  bleeding.group = is_healthy ? "healthy" : "lupus";
  bleeding.is_healthy = is_healthy;
  bleeding.patient_index = person;
  bleeding.visit_index = visit;
  bleeding.batch = fmt::format("day {}", batch_index(bleeding) + 1);
  RandomStream donor(options.seed, RandomPurpose::kDonor, donor_index(bleeding) * 4);
  RandomStream of_visit(options.seed, RandomPurpose::kVisit, donor_index(bleeding) * 8 + visit);
  Weights weights = is_healthy ? healthy_weights(donor) : lupus_weights(donor);
  if (!is_healthy) {
    const VisitCourse& course = designed_course(person, options.is_null ? 0 : visit);
    weights = at_visit(std::move(weights), course);
    bleeding.sledai = course.sledai;
  }
  if (options.has_unnamed) weights = with_unnamed_memory(std::move(weights), is_healthy);
  bleeding.cells_per_ul =
      std::round((is_healthy ? 2'100.0 : 1'300.0) * donor.factor(0.2) * of_visit.factor(0.08));
  bleeding.designed = composition(weights);
  bleeding.composition = composition(with_visit_variation(std::move(weights), of_visit));
  return bleeding;
}

}  // namespace

std::vector<Bleeding> plan_bleedings(const SimulationOptions& options) {
  std::vector<Bleeding> bleedings;
  for (std::size_t patient = 0; patient < options.patients; ++patient) {
    for (std::size_t visit = 0; visit < visits().size(); ++visit) {
      bleedings.push_back(bleed(options, patient, visit, false));
    }
  }
  for (std::size_t control = 0; control < options.controls; ++control) {
    bleedings.push_back(bleed(options, control, 0, true));
  }
  return bleedings;
}

std::string sample_name(const Bleeding& bleeding, std::string_view panel) {
  std::string visit = bleeding.visit;
  visit.erase(std::remove(visit.begin(), visit.end(), ' '), visit.end());
  return fmt::format("{}_{}_{}", bleeding.patient, visit, panel);
}

Batch prepare_batch(const SimulationOptions& options, const StainingPanel& panel,
                    const Bleeding& bleeding) {
  constexpr double kVoltages = 0.09, kLot = 0.04, kCompensationError = 0.015;
  RandomStream random(options.seed, RandomPurpose::kBatch,
                      batch_index(bleeding) * 4 + panel_index(panel));
  const double shifts = options.faults ? 1.0 : 0.0;
  Batch batch;
  for (const Detector& detector : panel.detectors) {
    batch.gains.push_back(static_cast<float>(random.factor(shifts * kVoltages, 1.6)));
    batch.staining.push_back(static_cast<float>(random.factor(shifts * kLot)));
    batch.spillover.channels.push_back(detector.dye + "-A");
  }
  batch.scatter_gain = static_cast<float>(random.factor(shifts * 0.03));
  batch.spillover.coefficients = spillover_of(panel);
  for (std::size_t dye = 0; dye < panel.detectors.size(); ++dye) {
    for (std::size_t detector = 0; detector < panel.detectors.size(); ++detector) {
      if (dye == detector) continue;
      // A fraction of the dye's own signal: the voltages of both detectors are in it.
      batch.spillover.coefficients(dye, detector) *= random.factor(kCompensationError) *
                                                     static_cast<double>(batch.gains[detector]) /
                                                     static_cast<double>(batch.gains[dye]);
    }
  }
  return batch;
}

Conditions prepare_conditions(const SimulationOptions& options, const StainingPanel& panel,
                              const Batch& batch, const Bleeding& bleeding) {
  RandomStream donor(options.seed, RandomPurpose::kDonor,
                     donor_index(bleeding) * 4 + panel_index(panel));
  RandomStream tube(options.seed, RandomPurpose::kFile, tube_index(panel, bleeding));
  Conditions conditions;
  conditions.panel = &panel;
  const std::size_t drawn_events = 100'000 + tube.below(400'001);
  conditions.events = options.events.value_or(drawn_events);
  conditions.composition = bleeding.composition;
  const double doublets = tube.uniform(0.02F, 0.04F), dead = tube.uniform(0.03F, 0.08F),
               debris = tube.uniform(0.02F, 0.03F), margin = tube.uniform(0.003F, 0.007F);
  conditions.fates = {1.0 - doublets - dead - debris - margin, doublets, dead, debris, margin};
  for (const float lot : batch.staining) {
    conditions.staining.push_back(lot * static_cast<float>(donor.factor(0.04) * tube.factor(0.02)));
  }
  conditions.gains = batch.gains;
  conditions.scatter_gain = batch.scatter_gain;
  conditions.events_per_second = tube.uniform(2'000.0F, 5'000.0F);
  const bool drifts = tube.uniform() < 0.3F, clogs = tube.uniform() < 0.12F;
  const float drift = tube.uniform(0.03F, 0.07F) * (tube.uniform() < 0.7F ? -1.0F : 1.0F);
  const float begin = tube.uniform(0.15F, 0.85F), length = tube.uniform(0.02F, 0.05F);
  if (options.faults && drifts) conditions.drift = drift;
  if (options.faults && clogs) {
    conditions.clog_begin = begin;
    conditions.clog_end = begin + length;
  }
  return conditions;
}

RandomStream event_stream(const SimulationOptions& options, const StainingPanel& panel,
                          const Bleeding& bleeding) {
  return {options.seed, RandomPurpose::kEvents, tube_index(panel, bleeding)};
}

}  // namespace gateless::simulate
