#include "host/report/siblings.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gateless::report {
namespace {

constexpr double kSmall = 0.15;
constexpr double kPart = 0.5;  // of the change that may be left

const PatientRow* row_of(const Results& results, const std::string& subset,
                         const std::string& patient, const std::string& visit) {
  for (const PatientRow& row : results.patients) {
    if (row.subset == subset && row.patient == patient && row.visit == visit) return &row;
  }
  return nullptr;
}

bool are_opposite(Call one, Call other) {
  return (one == Call::kUp && other == Call::kDown) || (one == Call::kDown && other == Call::kUp);
}

/// What is left of a patient's change, as a log ratio, in the whole without the sibling; not a number if it cannot be told.
double left_over(const PatientRow& row, const PatientRow& sibling) {
  if (!row.before || !row.after || !sibling.before || !sibling.after) return NAN;
  const double before = *row.before / (1.0 - *sibling.before);
  const double after = *row.after / (1.0 - *sibling.after);
  return before > 0.0 && after > 0.0 ? std::log(after / before) : NAN;
}

/// The median relative change that is left; none if the sibling does not explain the calls.
std::optional<double> rest_beside(const Results& results,
                                  const std::vector<const PatientRow*>& called,
                                  const std::string& sibling) {
  std::vector<double> rests;
  std::size_t opposite = 0;
  for (const PatientRow* row : called) {
    const PatientRow* other = row_of(results, sibling, row->patient, row->visit);
    if (other == nullptr) return std::nullopt;
    opposite += are_opposite(row->call, other->call) ? 1U : 0U;
    const double left = left_over(*row, *other);
    if (!(std::abs(left) < kPart * std::abs(std::log(*row->after / *row->before))))
      return std::nullopt;
    rests.push_back(std::expm1(left));
  }
  if (2 * opposite < called.size()) return std::nullopt;
  std::sort(rests.begin(), rests.end());
  const double median = (rests[(rests.size() - 1) / 2] + rests[rests.size() / 2]) / 2.0;
  return std::abs(median) < kSmall ? std::optional(median) : std::nullopt;
}

}  // namespace

std::optional<Displacement> displaced_by(const Results& results, const std::string& subset,
                                         const std::string& visit) {
  std::vector<const PatientRow*> called;
  for (const PatientRow& row : results.patients) {
    const bool is_called = row.call == Call::kUp || row.call == Call::kDown;
    if (row.subset == subset && row.visit == visit && is_called) called.push_back(&row);
  }
  std::optional<Displacement> found;
  if (called.empty()) return found;
  for (const std::vector<std::string>& whole : results.siblings) {
    if (std::find(whole.begin(), whole.end(), subset) == whole.end()) continue;
    for (const std::string& sibling : whole) {
      if (sibling == subset) continue;
      const std::optional<double> rest = rest_beside(results, called, sibling);
      if (rest && (!found || std::abs(*rest) < std::abs(found->rest)))
        found = Displacement{.sibling = sibling, .rest = *rest};
    }
  }
  return found;
}

}  // namespace gateless::report
