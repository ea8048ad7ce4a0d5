// Which warnings are about a sample.
#include <algorithm>
#include <cctype>

#include "host/report/answer.hpp"

namespace gateless {
namespace {

bool is_part_of_name(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte >= 0x80 || std::isalnum(byte) != 0 || letter == '_' || letter == '-';
}

/// Whether `text` has the name as a word of its own: P1 is not in P12.
bool has_word(const std::string& text, const std::string& name) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool starts = at == 0 || !is_part_of_name(text[at - 1]);
    if (starts && (end == text.size() || !is_part_of_name(text[end]))) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> warnings_of_samples(const Results& results) {
  constexpr std::size_t kShortest = 2;  // a sample called "1" is in every number
  std::vector<std::string> found;
  for (const std::string& warning : results.warnings) {
    const bool is_named = std::any_of(results.qc.begin(), results.qc.end(), [&](const QcRow& row) {
      return row.sample.size() >= kShortest && has_word(warning, row.sample);
    });
    // Some name the patient and the visit.
    const bool is_of_person =
        std::any_of(results.patients.begin(), results.patients.end(), [&](const PatientRow& row) {
          return warning.find(row.patient + ", " + row.visit) != std::string::npos;
        });
    const bool is_of_panel = warning.starts_with("panel '");  // of all its samples
    if (is_named || is_of_person || is_of_panel) found.push_back(warning);
  }
  return found;
}

}  // namespace gateless
