#include "host/report/calls_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/report/sentences.hpp"

namespace gateless {
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
    case Trend::kNotQuantifiable:
      break;
  }
  return "not quantifiable";
}

Calls calls_of(const std::vector<const PatientRow*>& rows, const Naming& naming) {
  Calls calls;
  for (const PatientRow* row : rows) {
    switch (row->call) {
      case Call::kUp:
        calls.up.push_back(naming(*row));
        break;
      case Call::kDown:
        calls.down.push_back(naming(*row));
        break;
      case Call::kNoChange:
        (leaves_no_room(*row) ? calls.steady : calls.unsure).push_back(naming(*row));
        break;
      case Call::kNotQuantifiable: {
        const bool is_absent = row->detection_before == Detection::kNotDetected &&
                               row->detection_after == Detection::kNotDetected;
        (is_absent ? calls.absent : calls.not_quantifiable).push_back(naming(*row));
        break;
      }
    }
  }
  return calls;
}

Trend trend_of(const Calls& calls) {
  const std::size_t same = calls.steady.size() + calls.unsure.size();
  const std::size_t told = calls.up.size() + calls.down.size() + same;
  if (told == 0) return Trend::kNotQuantifiable;
  if (told == same) return Trend::kNoChange;
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
  add("may or may not have changed", "unsure", unsure);
  add("could not be quantified", "too few events to tell", not_quantifiable);
  add("was not detected", "not detected", absent);
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace gateless
