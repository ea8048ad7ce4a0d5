#include "host/report/certainty.hpp"

#include <fmt/format.h>

#include "host/report/improvement.hpp"
#include "host/report/sentences.hpp"

namespace gateless::report {
namespace {

constexpr double kUsualLevel = 0.05;

/// What the mixed model over all visits says; empty if it was not fitted.
std::string over_visits(const Results& results, const std::string& subset) {
  for (const ChangeRow& row : results.changes) {
    if (row.subset != subset || row.comparison != "all visits" || !row.p) continue;
    std::string text =
        fmt::format(" Over all visits ({}): {}", row.test, probability_text("p", *row.p));
    if (row.q) text += fmt::format(", {}", probability_text("q", *row.q));
    return text + ".";
  }
  return "";
}

}  // namespace

std::string certainty_of(const Results& results, const std::string& subset, const ChangeRow* row) {
  const std::string model = over_visits(results, subset);
  if (row == nullptr || !row->p) return "Not tested over patients: too few pairs." + model;
  std::string test = row->test.empty() ? "Test" : row->test;
  if (test.front() >= 'a' && test.front() <= 'z')
    test.front() = static_cast<char>(test.front() - 'a' + 'A');
  std::string text = fmt::format("{}: {}", test, probability_text("p", *row->p));
  if (row->p_floor && *row->p_floor > kUsualLevel) {
    text += fmt::format(
        "; {} patients cannot give less than {:.2g} however large the change, so judge by "
        "the intervals",
        row->patients, *row->p_floor);
  } else if (row->p_floor && *row->p <= *row->p_floor * (1.0 + 1e-9)) {
    text += fmt::format(", the smallest value that {} patients can give", row->patients);
  } else if (row->p_floor) {
    text += fmt::format(" ({} patients can give {:.2g} at best)", row->patients, *row->p_floor);
  }
  if (row->q) {
    text += fmt::format("; {}{}", probability_text("q", *row->q),
                        row->family.empty() ? "" : " in the " + row->family + " family");
  }
  text += '.' + model;
  if (row->activity_rho) {
    text +=
        fmt::format(" Against the change of {}: Spearman {}",
                    results.activity_name.empty() ? "activity" : score_name(results.activity_name),
                    with_minus(fmt::format("{:.2f}", *row->activity_rho)));
    if (row->activity_p) text += fmt::format(", {}", probability_text("p", *row->activity_p));
    if (row->activity_q) text += fmt::format(", {}", probability_text("q", *row->activity_q));
    text += '.';
  }
  return text;
}

}  // namespace gateless::report
