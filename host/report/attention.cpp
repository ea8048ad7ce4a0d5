#include "host/report/attention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>

#include "host/report/sentences.hpp"

namespace gateless {
namespace {

constexpr double kFarShift = 1.0;  // spreads; a file of another composition stays below it

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

std::string without_numbers(const std::string& text) {
  std::string rest;
  for (const char letter : text) {
    if (std::isdigit(static_cast<unsigned char>(letter)) == 0) rest += letter;
  }
  return rest;
}

/// A sentence without its numbers and the markers that it lists ("slow drift in CD3, CD45: kept"): files that differ in
/// these alone say the same.
std::string kind_of(const std::string& text) {
  const std::size_t list = text.find(" in "), end = text.find(": ", list);
  if (list == std::string::npos || end == std::string::npos) return without_numbers(text);
  return without_numbers(text.substr(0, list) + text.substr(end));
}

/// Collects what is said of samples, by person and visit.
class Collector {
 public:
  explicit Collector(const Results& results) : results_(results) {
    for (const AbundanceRow& row : results.abundance)
      person_of_.try_emplace(row.sample, row.patient, row.visit);
  }

  void add(const std::string& sample, const std::string& reason) {
    const auto person = person_of_.find(sample);
    const bool is_known = person != person_of_.end() && !person->second.first.empty();
    const std::string patient = is_known ? person->second.first : std::string();
    const std::string visit = is_known ? person->second.second : std::string();
    const auto is_same = [&](const DoubtfulSample& known) {
      return is_known ? known.patient == patient && known.visit == visit : known.files[0] == sample;
    };
    auto& samples = attention_.samples;
    auto at = std::find_if(samples.begin(), samples.end(), is_same);
    if (at == samples.end()) at = samples.insert(at, {patient, visit, {sample}, {}});
    if (std::find(at->files.begin(), at->files.end(), sample) == at->files.end())
      at->files.push_back(sample);
    if (std::find(at->reasons.begin(), at->reasons.end(), reason) == at->reasons.end())
      at->reasons.push_back(reason);
  }

  /// What files are warned of; a warning that most files share is of the study and not of a sample.
  void add_warnings_of_files() {
    std::map<std::string, std::size_t> sharing;
    std::map<std::string, std::set<std::string>> wordings;
    for (const QcRow& row : results_.qc) {
      ++sharing[kind_of(row.warnings)];
      wordings[kind_of(row.warnings)].insert(without_numbers(row.warnings));
    }
    for (const QcRow& row : results_.qc) {
      if (row.warnings.empty()) continue;
      std::size_t& files = sharing[kind_of(row.warnings)];
      if (files > 2 && 2 * files > results_.qc.size()) {
        const bool differ = wordings[kind_of(row.warnings)].size() > 1;
        attention_.general.push_back(
            fmt::format("{} of {} files: {}{}", files, results_.qc.size(), row.warnings,
                        differ ? " (this is the first; the quality table has each)" : ""));
        files = 0;  // said
      } else if (files > 0) {
        add(row.sample, row.warnings);
      }
    }
  }

  void add_shifts() {
    for (const QcRow& row : results_.qc) {
      if (row.batch_shift.value_or(0.0) < kFarShift) continue;
      add(row.sample,
          fmt::format("the median of {} lies {:.1f} spreads from that of the other files",
                      row.shifted_marker.empty() ? "a marker" : row.shifted_marker,
                      *row.batch_shift));
    }
  }

  void add_implausible() {
    std::map<std::string, std::set<std::string>> samples_of;  // of a subset
    for (const ImplausibleRow& row : results_.implausible)
      samples_of[row.subset].insert(row.sample);
    std::set<std::string> said;
    for (const ImplausibleRow& row : results_.implausible) {
      const std::size_t number = samples_of[row.subset].size();
      if (number <= kNamedApart) {
        add(row.sample, row.reason);
      } else if (said.insert(row.subset).second) {
        attention_.general.push_back(fmt::format(
            "{}, and so in {} more samples: the border of a marker may lie wrongly, or the ranges "
            "are not of such people",
            row.reason, number - 1));
      }
    }
  }

  /// A warning of the run: of the samples that it names, or of the study.
  void add_warning_of_run(const std::string& warning) {
    if (warning.starts_with(kShiftSummary)) return;  // those that matter have their own line
    constexpr std::size_t kShortest = 2;             // a sample called "1" is in every number
    std::vector<std::string> named;
    for (const QcRow& row : results_.qc) {
      if (row.sample.size() < kShortest || !has_word(warning, row.sample)) continue;
      if (!row.warnings.empty() && says_of_file(warning, row.warnings)) return;
      named.push_back(row.sample);
    }
    for (const auto& [sample, person] : person_of_) {
      if (person.first.empty()) continue;
      if (warning.find(person.first + ", " + person.second) != std::string::npos &&
          std::find(named.begin(), named.end(), sample) == named.end())
        named.push_back(sample);
    }
    if (named.empty() ? warning.starts_with("panel '") : named.size() > kNamedApart) {
      attention_.general.push_back(warning);
      return;
    }
    for (const std::string& sample : named) add(sample, without_file(warning));
  }

  Attention take() { return std::move(attention_); }

 private:
  static constexpr std::size_t kNamedApart = 3;
  static constexpr const char* kShiftSummary = "the median of a marker is shifted";

  /// "fcs/a.fcs: 45 % ..." -> "45 % ...".
  static std::string without_file(const std::string& warning) {
    const std::size_t colon = warning.find(": ");
    const bool is_file = colon != std::string::npos && warning.find(' ') > colon;
    return is_file ? warning.substr(colon + 2) : warning;
  }

  /// Whether the run's warning repeats one of the file's.
  static bool says_of_file(const std::string& warning, const std::string& of_file) {
    std::string text = without_file(warning);
    if (const std::size_t hint = text.rfind(" (as in the first"); hint != std::string::npos)
      text.resize(hint);
    return of_file.find(text) != std::string::npos || warning.find(of_file) != std::string::npos;
  }

  const Results& results_;
  std::map<std::string, std::pair<std::string, std::string>> person_of_;  ///< patient and visit
  Attention attention_;
};

}  // namespace

Attention attention_of(const Results& results) {
  Collector collector(results);
  collector.add_warnings_of_files();
  collector.add_shifts();
  collector.add_implausible();
  for (const std::string& warning : results.warnings) collector.add_warning_of_run(warning);
  return collector.take();
}

bool rests_on_doubt(const Attention& attention, const Results& results, const PatientRow& row,
                    const std::string& baseline) {
  constexpr double kSame = 1e-6;
  const auto is_of = [&](const DoubtfulSample& sample, const std::string& visit,
                         const Number& value) {
    if (sample.patient != row.patient || sample.visit != visit) return false;
    std::size_t measured = 0;
    bool is_doubtful = false, is_value = false;
    for (const AbundanceRow& own : results.abundance) {
      if (own.patient != row.patient || own.visit != visit || own.subset != row.subset) continue;
      ++measured;
      if (std::find(sample.files.begin(), sample.files.end(), own.sample) == sample.files.end())
        continue;
      is_doubtful = true;
      is_value = is_value || (value && own.fraction_of_parent &&
                              std::abs(*value - *own.fraction_of_parent) < kSame);
    }
    return is_doubtful && (measured == 1 || is_value);
  };
  return std::any_of(attention.samples.begin(), attention.samples.end(), [&](const auto& sample) {
    return is_of(sample, baseline, row.before) || is_of(sample, row.visit, row.after);
  });
}

}  // namespace gateless
