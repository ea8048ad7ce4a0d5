#include "host/report/cleaning_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "host/report/sentences.hpp"
#include "host/report/settings_text.hpp"

namespace gateless::report {
namespace {

/// A step of the cleaning in words.
struct StepWords {
  std::string_view reason, what;  ///< as in the table; its subject, for what was not judged
  std::string_view flow, mass;    ///< why an event goes
  const char* setting;            ///< under `clean` in the configuration; none: cannot be set
};

constexpr StepWords kSteps[] = {
    {"non-finite", "Values", "a value that is no number", "a value that is no number", nullptr},
    {"margin", "Limits of detectors", "at the limit of a detector", "at the limit of a detector",
     "margins"},
    {"time", "Disturbed stretches", "acquired while rate or signal were disturbed",
     "acquired while rate or signal were disturbed", "drift"},
    {"bead", "Beads", "calibration beads", "calibration beads", nullptr},
    {"doublet", "Doublets", "two cells in one pulse", "the DNA or the event length of two cells",
     "doublets"},
    {"debris", "Small particles (debris)", "too small for a cell", "without DNA", "debris"},
    {"dead", "Dead cells", "positive for the viability dye", "positive for the viability dye",
     "dead"}};

const StepWords* words_of(const std::string& reason) {
  const auto found = std::find_if(std::begin(kSteps), std::end(kSteps),
                                  [&](const StepWords& step) { return step.reason == reason; });
  return found == std::end(kSteps) ? nullptr : found;
}

bool has_role(const Results& results, std::string_view role) {
  return std::any_of(results.channels.begin(), results.channels.end(),
                     [&](const ChannelRow& row) { return row.role == role; });
}

/// Why the step dropped nothing in a file, by what the cleaning noted; empty where it was judged.
std::string why_not_judged(const QcRow& row, const std::string& reason) {
  constexpr std::string_view kNotJudged = ": not judged, ", kNoValley = ": no valley",
                             kNothing = ", nothing dropped";
  const std::string& notes = row.thresholds;
  for (std::size_t at = 0; at < notes.size();) {
    const std::size_t end = std::min(notes.find("; ", at), notes.size());
    const std::string note = notes.substr(at, end - at);
    at = end + 2;
    if (!note.starts_with(reason)) continue;
    const std::string said = note.substr(reason.size());
    if (said.starts_with(kNotJudged)) return said.substr(kNotJudged.size());
    if (said.starts_with(kNoValley)) {
      const std::string why = said.substr(2);
      const std::size_t tail = why.find(kNothing);
      return why.substr(0, tail);
    }
  }
  return {};
}

class Cleaner {
 public:
  explicit Cleaner(const Results& results)
      : results_(results),
        is_mass_(is_of_mass_cytometer(results)),
        configuration_(results.configuration) {}

  [[nodiscard]] std::string say() {
    for (const auto& [reason, unused] : results_.qc.front().dropped) say_of(reason);
    std::uint64_t read = 0, kept = 0;
    for (const QcRow& row : results_.qc) read += row.events, kept += row.kept;
    std::string text = judged_.empty()
                           ? ""
                           : fmt::format(
                                 "Events were dropped for the first reason that holds, in this "
                                 "order: {}. ",
                                 fmt::join(judged_, ", "));
    for (const std::string& sentence : not_judged_) text += sentence + ". ";
    return text +
           fmt::format("{} of {} events were kept.", counted_events(kept), counted_events(read));
  }

 private:
  [[nodiscard]] bool is_off(const StepWords& step) const {
    return step.setting != nullptr && configuration_.setting("clean", step.setting) == "false";
  }

  [[nodiscard]] std::uint64_t dropped(const std::string& reason) const {
    std::uint64_t sum = 0;
    for (const QcRow& row : results_.qc) {
      for (const auto& [name, events] : row.dropped) sum += name == reason ? events : 0;
    }
    return sum;
  }

  /// Steps that run on one kind of instrument alone say nothing of the other: they are left out where they did nothing.
  [[nodiscard]] bool is_of_other_instrument(const std::string& reason) const {
    if (reason == "margin") return is_mass_;
    const bool has_note = std::any_of(results_.qc.begin(), results_.qc.end(), [](const QcRow& row) {
      return row.thresholds.find("bead:") != std::string::npos;
    });
    return reason == "bead" && !has_note;
  }

  void say_of(const std::string& reason) {
    const StepWords* words = words_of(reason);
    const std::uint64_t sum = dropped(reason);
    if (words == nullptr)
      return judged_.push_back(fmt::format("{} ({})", reason, counted_events(sum)));
    if (sum == 0 && is_of_other_instrument(reason)) return;
    std::map<std::string, std::size_t> files_of;  // why it was not judged -> files
    std::size_t files = 0;
    for (const QcRow& row : results_.qc) {
      std::string why = is_off(*words) ? "switched off" : why_not_judged(row, reason);
      if (!why.empty()) ++files_of[std::move(why)], ++files;
    }
    if (files < results_.qc.size())
      judged_.push_back(fmt::format("{} ({}, {})", reason, is_mass_ ? words->mass : words->flow,
                                    counted_events(sum)));
    if (files == 0) return;
    std::vector<std::string> reasons;
    for (const auto& [why, number] : files_of)
      reasons.push_back(files_of.size() < 2 ? why : fmt::format("{} in {}", why, number));
    not_judged_.push_back(fmt::format(
        "{} were not judged{}: {}", words->what,
        files == results_.qc.size() ? ""
                                    : fmt::format(" in {} of {} files", files, results_.qc.size()),
        joined(reasons)));
  }

  const Results& results_;
  bool is_mass_;
  Configuration configuration_;
  std::vector<std::string> judged_, not_judged_;
};

}  // namespace

bool is_of_mass_cytometer(const Results& results) {
  return (has_role(results, "DNA") || has_role(results, "event length")) &&
         !has_role(results, "forward scatter");
}

std::string cleaning_in_words(const Results& results) {
  return results.qc.empty() ? "" : Cleaner(results).say();
}

}  // namespace gateless::report
