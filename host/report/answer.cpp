#include "host/report/answer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "host/report/answer_summary.hpp"
#include "host/report/certainty.hpp"
#include "host/report/moved_markers.hpp"
#include "host/report/sentences.hpp"
#include "host/report/siblings.hpp"
#include "host/report/subset_text.hpp"

namespace gateless::report {
namespace {

using Rows = std::vector<const PatientRow*>;

std::string last_compared_visit(const Results& results) {
  std::set<std::string> compared;
  for (const PatientRow& row : results.patients) compared.insert(row.visit);
  for (auto visit = results.visits.rbegin(); visit != results.visits.rend(); ++visit) {
    if (compared.count(*visit) > 0) return *visit;
  }
  return compared.empty() ? "" : *compared.rbegin();
}

/// The row whose comparison starts with the visit ("week 24 - baseline").
const ChangeRow* change_at(const Results& results, const std::string& subset,
                           const std::string& visit) {
  for (const ChangeRow& row : results.changes) {
    if (row.subset == subset && row.comparison.rfind(visit + " ", 0) == 0) return &row;
  }
  return nullptr;
}

Rows rows_at(const Results& results, const std::string& subset, const std::string& visit) {
  Rows rows;
  for (const PatientRow& row : results.patients) {
    if (row.subset == subset && row.visit == visit) rows.push_back(&row);
  }
  return rows;
}

/// How a sum is called that only some of its parts make: "Abnormal memory B cells (here: Double-negative B cells)".
constexpr const char* kHere = " (here: ";

/// Those that are not empty, one after the other.
std::string sentences(std::initializer_list<std::string> texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() || text.empty() ? "" : " ") + text;
  return all;
}

bool has_same_fractions(const Rows& one, const Rows& other) {
  const auto are_same = [](const PatientRow* a, const PatientRow* b) {
    return a->patient == b->patient && a->before == b->before && a->after == b->after;
  };
  return one.size() == other.size() && std::equal(one.begin(), one.end(), other.begin(), are_same);
}

/// Tells one subset after the other.
class Teller {
 public:
  Teller(const Results& results, const Attention& attention)
      : results_(results), attention_(attention), moved_(shifts_of(results).moved) {
    answer_.visit = last_compared_visit(results);
    answer_.baseline = results.baseline.empty() && !results.visits.empty() ? results.visits.front()
                                                                           : results.baseline;
  }

  Answer tell() {
    for (const std::string& subset : results_.primary) state(subset, Rank::kPrimary);
    for (const std::string& subset : results_.secondary) state(subset, Rank::kSecondary);
    for (const PatientRow& row : results_.patients) {
      if (row.visit == answer_.visit) state(row.subset, Rank::kExploratory);
    }
    answer_.patients = patients_.size();
    summarise();
    if (!patients_.empty())
      answer_.improvement = improvement_of(results_, answer_.baseline, answer_.visit,
                                           [this](const PatientRow& row) { return marked(row); });
    return std::move(answer_);
  }

 private:
  void summarise() {
    std::vector<ChangedSubset> changed;
    std::set<std::string> told = same_cells_;
    for (const Statement& statement : answer_.statements) {
      const bool is_changed = statement.trend != Trend::kNoChange &&
                              statement.trend != Trend::kUnsure &&
                              statement.trend != Trend::kNotQuantifiable;
      if (is_changed) changed.push_back({statement.subset, statement.name});
      told.insert(statement.subset);
    }
    answer_.summary = summary_of(results_, changed, answer_.visit);
    answer_.together = changed_together(results_, answer_.visit, told, moved_);
    answer_.states = marker_states_of(results_, answer_.visit);
  }

  [[nodiscard]] Rows rows_of(const std::string& subset) const {
    return rows_at(results_, subset, answer_.visit);
  }

  /// A subset's name in words: of the tables, which say what a sum is made of here, else of the knowledge file.
  [[nodiscard]] std::string name_of(const std::string& subset) const {
    const auto named = [&](const auto& rows) -> const std::string* {
      for (const auto& row : rows) {
        if (row.subset == subset && !row.name.empty()) return &row.name;
      }
      return nullptr;
    };
    for (const std::string* name : {named(results_.patients), named(results_.changes),
                                    named(results_.abundance), named(results_.unresolved)}) {
      if (name != nullptr) return *name;
    }
    for (const auto& [id, name] : results_.names) {
      if (id == subset) return name;
    }
    return subset;
  }

  [[nodiscard]] std::string marked(const PatientRow& row) const {
    return row.patient +
           (rests_on_doubt(attention_, results_, row, answer_.baseline) ? kDoubtMark : "");
  }

  [[nodiscard]] Calls calls(const Rows& rows) const {
    return calls_of(rows, [this](const PatientRow& row) { return marked(row); });
  }

  void state(const std::string& subset, Rank rank) {
    if (!seen_.insert(subset).second) return;
    const Rows rows = rows_of(subset);
    if (rows.empty()) return answer_.untold.push_back(untold(subset, rank));
    if (rank == Rank::kExploratory && is_root(results_, subset)) return;
    for (const PatientRow* row : rows) patients_.insert(row->patient);
    if (is_told_already(subset, rows)) return;
    const Calls by_call = calls(rows);
    const Trend trend = trend_of(by_call);
    if (rank == Rank::kExploratory)
      answer_.explored += rows.size() - by_call.not_quantifiable.size() - by_call.absent.size();
    const bool is_changed = !by_call.up.empty() || !by_call.down.empty();
    if (rank != Rank::kPrimary && !is_changed) {
      if (rank != Rank::kSecondary) return;
      std::vector<std::string>& list = trend == Trend::kNotQuantifiable ? answer_.too_few
                                       : by_call.unsure.empty()         ? answer_.unchanged
                                                                        : answer_.unsure;
      const bool is_told_together =
          &list == &answer_.unchanged && !small_but_alike(results_, subset, answer_.visit).empty();
      if (!is_told_together) list.push_back(name_of(subset));
      return;
    }
    const ChangeRow* change = change_at(results_, subset, answer_.visit);
    const std::string beside =
        trend == Trend::kNoChange
            ? small_but_alike(results_, subset, answer_.visit)
            : sentences({alike_beyond_calls(results_, subset, answer_.visit, by_call.up.size(),
                                            by_call.down.size()),
                         displacement(subset, trend)});
    const std::string same_rule = same_rule_in_words(results_, subset);
    answer_.statements.push_back(
        {.subset = subset,
         .name = name_of(subset),
         .rank = rank,
         .trend = trend,
         .headline = headline_of(by_call),
         .detail = detail(change, rows, rank),
         .parts = parts_of(subset),
         .beside = sentences({beside, same_rule}),
         .caveat = resting_on_moved(results_, subset, moved_),
         .healthy = against_healthy(results_, rows, answer_.baseline,
                                    [this](const PatientRow& row) { return marked(row); }),
         .certainty = certainty_of(results_, subset, change),
         .has = present_markers(results_, subset)});
  }

  /// A sum that is the same cells as a subset told before is named there.
  bool is_told_already(const std::string& subset, const Rows& rows) {
    const std::string name = name_of(subset);
    const std::size_t here = name.find(kHere);
    if (here == std::string::npos) return false;
    for (Statement& told : answer_.statements) {
      // Of other parents the fractions may differ, and the cells be the same.
      const bool is_its_only_part = name.substr(here) == fmt::format("{}{})", kHere, told.name);
      if (!is_its_only_part && !has_same_fractions(rows, rows_of(told.subset))) continue;
      told.beside = sentences({told.beside, fmt::format("{} are the same cells with this panel.",
                                                        name.substr(0, here))});
      same_cells_.insert(subset);
      return true;
    }
    return false;
  }

  [[nodiscard]] Untold untold(const std::string& subset, Rank rank) const {
    Untold result{.name = name_of(subset),
                  .reason = {},
                  .is_asked = rank == Rank::kPrimary && results_.is_primary_asked,
                  .is_primary = rank == Rank::kPrimary};
    for (const UnresolvedRow& row : results_.unresolved) {
      if (row.subset == subset) result.reason = row.reason;
    }
    if (result.reason.empty()) {
      const bool is_measured =
          std::any_of(results_.abundance.begin(), results_.abundance.end(),
                      [&](const AbundanceRow& row) { return row.subset == subset; });
      result.reason = is_measured ? "no patient has it at both visits" : untold_parts(subset);
    }
    return result;
  }

  /// Why a sum cannot be made: its parts that cannot be told.
  [[nodiscard]] std::string untold_parts(const std::string& sum) const {
    std::vector<std::string> parts;
    for (const auto& [id, of] : results_.parts) {
      if (id != sum) continue;
      for (const std::string& part : of) {
        if (reason_unresolved(part, sum) != nullptr) parts.push_back(name_of(part));
      }
    }
    return parts.empty() ? "it cannot be told with this panel"
                         : fmt::format("it needs {}", joined(parts));
  }

  [[nodiscard]] std::string detail(const ChangeRow* row, const Rows& rows, Rank rank) const {
    std::string text;
    if (row != nullptr && row->median_before && row->median_after) {
      text = fmt::format("Median {} \u2192 {}{}", percent_text(*row->median_before),
                         percent_text(*row->median_after),
                         row->denominator.empty() ? "" : " of " + name_of(row->denominator));
      if (row->change) {
        text += fmt::format("; typical change (Hodges-Lehmann) {} percentage points",
                            points_text(*row->change));
        if (row->change_low && row->change_high)
          text += fmt::format(" (interval {} to {})", points_text(*row->change_low),
                              points_text(*row->change_high));
      }
      text += '.';
    }
    return text + patient_changes(rows, rank) + in_responders(rows);
  }

  /// Each patient's change and clinical score; of subsets that are not primary only of those in whom it changed.
  [[nodiscard]] std::string patient_changes(const Rows& rows, Rank rank) const {
    std::vector<std::string> parts;
    for (const PatientRow* row : rows) {
      const bool is_changed = row->call == Call::kUp || row->call == Call::kDown;
      const bool is_told =
          rank == Rank::kPrimary ? row->call != Call::kNotQuantifiable : is_changed;
      if (!is_told || !row->change) continue;
      std::string part =
          fmt::format("{}\u00A0{}\u00A0%", row->patient, relative_text(*row->change));
      std::vector<std::string> inside;
      if (row->low && row->high)
        inside.push_back(fmt::format("{} to {}", bound_text(*row->low), bound_text(*row->high)));
      if (const std::string score = score_of(row->patient);
          rank == Rank::kPrimary && !score.empty())
        inside.push_back(score);
      if (!inside.empty()) part += fmt::format(" ({})", fmt::join(inside, "; "));
      parts.push_back(std::move(part));
    }
    if (parts.empty() || parts.size() > kPatientsNamed) return "";
    return fmt::format(" Relative change with its 95 % interval: {}.", fmt::join(parts, ", "));
  }

  /// "SLEDAI 14 → 4"; empty where a score is missing.
  [[nodiscard]] std::string score_of(const std::string& patient) const {
    Number before, after;
    for (const auto& [name, scores] : results_.activity) {
      if (name != patient) continue;
      for (const auto& [visit, score] : scores) {
        if (visit == answer_.baseline) before = score;
        if (visit == answer_.visit) after = score;
      }
    }
    if (!before || !after) return "";
    return fmt::format(
        "{}\u00A0{}\u00A0\u2192\u00A0{}",
        results_.activity_name.empty() ? "score" : score_name(results_.activity_name),
        score_text(*before), score_text(*after));
  }

  [[nodiscard]] std::string in_responders(const Rows& rows) const {
    if (results_.responders.empty()) return "";
    const std::set<std::string> names(results_.responders.begin(), results_.responders.end());
    std::map<bool, Rows> arms;
    for (const PatientRow* row : rows) arms[names.contains(row->patient)].push_back(row);
    if (arms.size() < 2) return "";
    const auto arm = [&](bool responds) {
      std::size_t up = 0, down = 0;
      for (const PatientRow* row : arms[responds]) {
        up += row->call == Call::kUp ? 1U : 0U;
        down += row->call == Call::kDown ? 1U : 0U;
      }
      return fmt::format("fell in {} and rose in {} of {}", down, up, arms[responds].size());
    };
    return fmt::format(" It {} responders, and {} others.", arm(true), arm(false));
  }

  /// Why a part of a sum cannot be told, in a panel that has the sum if any does; null if no panel lacks it.
  [[nodiscard]] const std::string* reason_unresolved(const std::string& part,
                                                     const std::string& sum) const {
    const std::string* reason = nullptr;
    for (const UnresolvedRow& row : results_.unresolved) {
      if (row.subset != part) continue;
      const bool has_sum = std::any_of(
          results_.abundance.begin(), results_.abundance.end(), [&](const AbundanceRow& measured) {
            return measured.subset == sum && measured.panel == row.panel;
          });
      if (has_sum) return &row.reason;
      if (reason == nullptr) reason = &row.reason;
    }
    return reason;
  }

  /// A sum is never told without what it is made of, and what of it cannot be told. Parts that have their own
  /// statement are named alone.
  [[nodiscard]] std::string parts_of(const std::string& subset) const {
    std::vector<std::string> own, parts, untold;
    for (const auto& [sum, of] : results_.parts) {
      if (sum != subset) continue;
      for (const std::string& part : of) {
        const Rows rows = rows_of(part);
        if (!rows.empty() && has_own_statement(part)) {
          own.push_back(name_of(part));
        } else if (!rows.empty()) {
          parts.push_back(fmt::format("{} {}", name_of(part), headline_of(calls(rows))));
        } else if (const std::string* reason = reason_unresolved(part, sum)) {
          untold.push_back(fmt::format("{} ({})", name_of(part), *reason));
        }
      }
    }
    std::vector<std::string> sentences;
    if (!own.empty())
      sentences.push_back(fmt::format("Its parts with a line of their own: {}.", joined(own)));
    if (!parts.empty())
      sentences.push_back(fmt::format("Its {}parts, each of its own parent: {}.",
                                      own.empty() ? "" : "other ", fmt::join(parts, ". ")));
    if (!untold.empty())
      sentences.push_back(fmt::format("Parts that this panel cannot tell: {}.", joined(untold)));
    return fmt::format("{}", fmt::join(sentences, " "));
  }

  [[nodiscard]] bool has_own_statement(const std::string& subset) const {
    const auto is_in = [&](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), subset) != list.end();
    };
    return is_in(results_.primary) || is_in(results_.secondary);
  }

  /// One finding and not two: said of the subset that made room or took it.
  std::string displacement(const std::string& subset, Trend trend) {
    if (trend != Trend::kUp && trend != Trend::kDown && trend != Trend::kSomeUp &&
        trend != Trend::kSomeDown)
      return "";
    const std::optional<Displacement> found = displaced_by(results_, subset, answer_.visit);
    if (!found || displaced_.contains(found->sibling)) return "";
    displaced_.insert(subset);
    const bool is_up = trend == Trend::kUp || trend == Trend::kSomeUp;
    return fmt::format(
        "This and the {} of {} are mostly one change: of the cells without those its share changed "
        "by {}\u00A0% (median).",
        is_up ? "fall" : "rise", name_of(found->sibling), relative_text(found->rest));
  }

  const Results& results_;
  const Attention& attention_;
  std::vector<MovedMarker> moved_;
  Answer answer_;
  std::set<std::string> seen_, patients_;
  std::set<std::string> same_cells_;  ///< told with another subset
  std::set<std::string> displaced_;   ///< subsets that a sibling explains
};

}  // namespace

std::string text_of(Rank rank) {
  switch (rank) {
    case Rank::kPrimary:
      return "primary";
    case Rank::kSecondary:
      return "secondary";
    case Rank::kExploratory:
      break;
  }
  return "exploratory";
}

Answer answer_of(const Results& results, const Attention& attention) {
  return Teller(results, attention).tell();
}

}  // namespace gateless::report
