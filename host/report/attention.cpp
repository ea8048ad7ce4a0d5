#include "host/report/attention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>

#include "host/report/moved_markers.hpp"
#include "host/report/odd_files.hpp"
#include "host/report/sentences.hpp"
#include "host/report/shared_warnings.hpp"

namespace gateless::report {
namespace {

// In spreads. Files that are alike stay below the small one, files of another mixture of cells below the far one.
constexpr double kSmallShift = 0.3, kFarShift = 1.0;

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

/// Adds a reason to the person's note, or begins one.
void add_reason(std::vector<SampleNote>& notes, const SamplePerson& person, const std::string& file,
                const std::string& reason) {
  const bool is_known = !person.patient.empty();
  const auto is_same = [&](const SampleNote& note) {
    return is_known ? note.patient == person.patient && note.visit == person.visit
                    : note.files[0] == file;
  };
  auto at = std::find_if(notes.begin(), notes.end(), is_same);
  if (at == notes.end())
    at = notes.insert(at, {person.patient, is_known ? person.visit : "", {file}, {}});
  const auto add = [](std::vector<std::string>& list, const std::string& text) {
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
  };
  add(at->files, file);
  add(at->reasons, reason);
}

/// Collects what is said of samples, by person and visit.
class Collector {
 public:
  explicit Collector(const Results& results)
      : results_(results), persons_(persons_of(results)), shifts_(shifts_of(results)) {
    for (std::size_t row = 0; row < results.qc.size(); ++row)
      row_of_.try_emplace(results.qc[row].sample, row);
    attention_.moved = moved_in_words(shifts_.moved);
    for (const MovedMarker& one : shifts_.moved)
      attention_.moved_markers.emplace_back(one.panel, one.marker);
  }

  /// What files are warned of; a warning that most files share is of the study and not of a sample.
  void add_warnings_of_files() {
    for (const SharedWarning& warning : warnings_of_files(results_)) {
      const bool is_general =
          warning.rows.size() > 2 && 2 * warning.rows.size() > results_.qc.size();
      if (is_general) {
        attention_.general.push_back(fmt::format("{} of {} files: {}{}", warning.rows.size(),
                                                 results_.qc.size(), warning.text,
                                                 drift_of(warning)));
      }
      for (const std::size_t row : warning.rows)
        (is_general ? shared_ : doubted_).emplace_back(row, results_.qc[row].warnings);
    }
  }

  void add_shifts() {
    for (std::size_t row = 0; row < results_.qc.size(); ++row) {
      const OwnShift& shift = shifts_.own[row];
      const std::string marker = shift.marker.empty() ? "a marker" : shift.marker;
      const bool is_shared = shift.own < std::abs(shift.shift);
      if (shift.own < kSmallShift) continue;
      const std::string reason =
          fmt::format("the median of {} lies {:.{}f} spreads {}", marker, shift.own,
                      shift.own < kFarShift ? 2 : 1,
                      is_shared ? "further off than most others' of its visit or group"
                                : "from that of the other files");
      (shift.own >= kFarShift ? doubted_ : noted_).emplace_back(row, reason);
    }
  }

  void add_cut_stretches() {
    attention_.cut = cut_files_in_words(results_);
    for (const CutFile& file : cut_files(results_)) {
      cut_.emplace_back(file.row, fmt::format("{} events ({}) of a disturbed stretch were dropped",
                                              counted_events(file.events), file.share));
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
        doubt(row.sample, row.reason);
      } else if (said.insert(row.subset).second) {
        attention_.general.push_back(fmt::format(
            "{}, and so in {} more samples: the border of a marker may lie wrongly, or the ranges "
            "are not of such people",
            row.reason, number - 1));
      }
    }
  }

  /// A warning of the run: of the samples that it names, or of the study.
  void add_warning_of_run(const std::string& said) {
    const std::string warning = without_folders(said);
    if (warning.starts_with(kShiftSummary)) return;  // each has its own line
    constexpr std::size_t kShortest = 2;             // a sample called "1" is in every number
    std::vector<std::string> named;
    for (const QcRow& row : results_.qc) {
      if (row.sample.size() < kShortest || !has_word(warning, row.sample)) continue;
      if (!row.warnings.empty() && says_of_file(warning, row.warnings)) return;
      named.push_back(row.sample);
    }
    std::string text = without_file(warning);
    for (const auto& [sample, row] : row_of_) {
      const SamplePerson& person = persons_[row];
      if (person.patient.empty()) continue;
      const std::string who = person.patient + ", " + person.visit;
      if (warning.find(who) == std::string::npos) continue;
      if (warning.starts_with(who + ": ")) text = warning.substr(who.size() + 2);
      if (std::find(named.begin(), named.end(), sample) == named.end()) named.push_back(sample);
    }
    if (named.size() > kNamedApart || (named.empty() && warning.starts_with("panel '"))) {
      attention_.general.push_back(warning);
    } else if (named.empty()) {
      attention_.rest.push_back(warning);
    }
    if (named.size() > kNamedApart) return;
    for (const std::string& sample : named) doubt(sample, text);
  }

  Attention take() {
    add_files();
    for (const FileLook& file : attention_.files) {
      const bool is_doubted = file.look == Look::kNeedsLook;
      for (const auto& [row, reason] : is_doubted ? doubted_ : noted_) {
        if (row == file.row)
          add_reason(is_doubted ? attention_.samples : attention_.noted, persons_[row],
                     results_.qc[row].sample, reason);
      }
    }
    for (const auto& [sample, reason] : unread_) add_reason(attention_.samples, {}, sample, reason);
    return std::move(attention_);
  }

 private:
  static constexpr std::size_t kNamedApart = 3;
  static constexpr const char* kShiftSummary = "the median of a marker is shifted";

  /// How far the signal of the files (mean of their markers) strays over the acquisition, in words.
  [[nodiscard]] std::string drift_of(const SharedWarning& warning) const {
    if (warning.text.find("drift") == std::string::npos) return "";
    float most = 0.0F;
    for (const std::size_t row : warning.rows) {
      for (const float value : results_.qc[row].signal) most = std::max(most, std::abs(value));
    }
    if (most <= 0.0F) return "";
    const bool is_small = static_cast<double>(most) < kSmallShift;
    return fmt::format("; the mean of their markers strays by {:.2g} spreads at most{}", most,
                       is_small ? ", less than like files differ" : "");
  }

  void doubt(const std::string& sample, const std::string& reason) {
    const auto row = row_of_.find(sample);
    if (row == row_of_.end()) {
      unread_.emplace_back(sample, reason);
    } else {
      doubted_.emplace_back(row->second, reason);
    }
  }

  /// The rows of the quality table: by how much they ask for, then by how far their own markers are off.
  void add_files() {
    std::vector<FileLook>& files = attention_.files;
    files.resize(results_.qc.size());
    for (std::size_t row = 0; row < files.size(); ++row) files[row].row = row;
    const auto add = [&](const Reasons& reasons, Look look) {
      for (const auto& [row, reason] : reasons) {
        FileLook& file = files[row];
        if (file.look > look || file.text.find(reason) != std::string::npos) continue;
        file.text += (file.text.empty() ? "" : "; ") + reason;
        file.look = look;
      }
    };
    add(doubted_, Look::kNeedsLook);
    add(noted_, Look::kNoted);
    add(shared_, Look::kNoted);
    for (const auto& [row, reason] : cut_) {
      files[row].text += (files[row].text.empty() ? "" : "; ") + reason;
      files[row].look = std::max(files[row].look, Look::kNoted);
    }
    std::stable_sort(files.begin(), files.end(), [&](const FileLook& one, const FileLook& other) {
      if (one.look != other.look) return one.look > other.look;
      return shifts_.own[one.row].own > shifts_.own[other.row].own;
    });
  }

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

  using Reasons = std::vector<std::pair<std::size_t, std::string>>;  ///< row of qc, reason

  const Results& results_;
  std::vector<SamplePerson> persons_;
  Shifts shifts_;
  std::map<std::string, std::size_t> row_of_;
  Reasons doubted_, noted_;
  Reasons shared_;  ///< with most files: said once, and of each file in the quality table
  Reasons cut_;     ///< stretches that were dropped
  std::vector<std::pair<std::string, std::string>>
      unread_;  ///< samples that have no row of quality
  Attention attention_;
};

}  // namespace

std::string text_of(Look look) {
  switch (look) {
    case Look::kNeedsLook:
      return "needs a look";
    case Look::kNoted:
      return "noted";
    case Look::kNothing:
      break;
  }
  return "nothing";
}

Attention attention_of(const Results& results) {
  Collector collector(results);
  collector.add_warnings_of_files();
  collector.add_shifts();
  collector.add_cut_stretches();
  collector.add_implausible();
  for (const std::string& warning : results.warnings) collector.add_warning_of_run(warning);
  return collector.take();
}

bool rests_on_doubt(const Attention& attention, const Results& results, const PatientRow& row,
                    const std::string& baseline) {
  constexpr double kSame = 1e-6;
  const auto is_of = [&](const SampleNote& sample, const std::string& visit, const Number& value) {
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

}  // namespace gateless::report
