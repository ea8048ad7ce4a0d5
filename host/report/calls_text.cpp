#include "host/report/calls_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/report/sentences.hpp"

namespace gateless::report {
namespace {

/// A change within these limits is small: less than a third off, or less than half as much again.
constexpr double kSmallFall = -1.0 / 3.0, kSmallRise = 0.5;

bool leaves_no_room(const PatientRow& row) {
  return row.low && row.high && *row.low > kSmallFall && *row.high < kSmallRise;
}

/// "in 4 (A, B, C, D)".
std::string in_patients(const std::vector<std::string>& named, const std::string& of) {
  std::string text = fmt::format("in {}{}", named.size(), of);
  if (named.size() <= kPatientsNamed) text += fmt::format(" ({})", joined(named));
  return text;
}

}  // namespace

std::string text_of(Trend trend) {
  switch (trend) {
    case Trend::kUp:
      return "up";
    case Trend::kDown:
      return "down";
    case Trend::kSomeUp:
      return "some up";
    case Trend::kSomeDown:
      return "some down";
    case Trend::kMixed:
      return "mixed";
    case Trend::kNoChange:
      return "no change";
    case Trend::kUnsure:
      return "unsure";
    case Trend::kNotQuantifiable:
      break;
  }
  return "not quantifiable";
}

Told told_of(const PatientRow& row) {
  switch (row.call) {
    case Call::kUp:
      return Told::kUp;
    case Call::kDown:
      return Told::kDown;
    case Call::kNoChange:
      return leaves_no_room(row) ? Told::kSteady : Told::kUnsure;
    case Call::kNotQuantifiable:
      break;
  }
  const bool is_absent = row.detection_before == Detection::kNotDetected &&
                         row.detection_after == Detection::kNotDetected;
  return is_absent ? Told::kAbsent : Told::kTooFew;
}

std::string text_of(Told told) {
  switch (told) {
    case Told::kUp:
      return "rose";
    case Told::kDown:
      return "fell";
    case Told::kSteady:
      return "hardly changed";
    case Told::kUnsure:
      return "unsure";
    case Told::kAbsent:
      return "not detected";
    case Told::kTooFew:
      break;
  }
  return "too few events";
}

Calls calls_of(const std::vector<const PatientRow*>& rows, const Naming& naming) {
  Calls calls;
  const auto list_of = [&](Told told) -> std::vector<std::string>& {
    switch (told) {
      case Told::kUp:
        return calls.up;
      case Told::kDown:
        return calls.down;
      case Told::kSteady:
        return calls.steady;
      case Told::kUnsure:
        return calls.unsure;
      case Told::kAbsent:
        return calls.absent;
      case Told::kTooFew:
        break;
    }
    return calls.not_quantifiable;
  };
  for (const PatientRow* row : rows) list_of(told_of(*row)).push_back(naming(*row));
  return calls;
}

Trend trend_of(const Calls& calls) {
  const std::size_t same = calls.steady.size() + calls.unsure.size();
  const std::size_t told = calls.up.size() + calls.down.size() + same;
  if (told == 0) return Trend::kNotQuantifiable;
  if (told == same) return 2 * calls.unsure.size() >= told ? Trend::kUnsure : Trend::kNoChange;
  if (!calls.up.empty() && !calls.down.empty()) return Trend::kMixed;
  if (calls.down.empty()) return 2 * calls.up.size() >= told ? Trend::kUp : Trend::kSomeUp;
  return 2 * calls.down.size() >= told ? Trend::kDown : Trend::kSomeDown;
}

std::string headline_of(const Calls& calls) {
  const auto& [up, down, steady, unsure, absent, not_quantifiable] = calls;
  const std::size_t patients = up.size() + down.size() + steady.size() + unsure.size() +
                               absent.size() + not_quantifiable.size();
  const std::string of = " of " + counted(patients, "patient");
  std::vector<std::string> parts;
  // The first part says of how many.
  const auto add = [&](const char* first, const char* later,
                       const std::vector<std::string>& named) {
    if (named.empty()) return;
    parts.push_back(fmt::format("{} {}", parts.empty() ? first : later,
                                in_patients(named, parts.empty() ? of : "")));
  };
  const bool falls_first = down.size() >= up.size();
  if (falls_first) add("fell", "fell", down);
  add("rose", "rose", up);
  if (!falls_first) add("fell", "fell", down);
  add("hardly changed", "hardly changed", steady);
  add("is unsure", "unsure", unsure);
  add("has too few events to tell", "too few events to tell", not_quantifiable);
  add("is not detected", "not detected", absent);
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace gateless::report
