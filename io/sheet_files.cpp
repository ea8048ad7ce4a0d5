#include "io/sheet_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "io/sample_files.hpp"

namespace gateless::io {
namespace {

constexpr std::size_t kNamedInAWarning = 3;

/// One warning however many there are of a kind; the first few are named.
void warn_of_some(const std::string& sheet_path, SampleSheet& sheet, fmt::string_view what,
                  const std::vector<std::string>& names, const char* plural, const char* singular) {
  if (names.empty()) return;
  const bool is_one = names.size() == 1;
  const std::vector<std::string> first(
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamedInAWarning)));
  sheet.warnings.push_back(
      fmt::format("{}: {}: {}{}", sheet_path,
                  fmt::format(fmt::runtime(what), names.size(), is_one ? singular : plural,
                              is_one ? "is" : "are"),
                  fmt::join(first, "; "), names.size() > first.size() ? "; ..." : ""));
}

void warn_of_files(const std::string& sheet_path, SampleSheet& sheet, const FoundFiles& found,
                   std::size_t files, const std::vector<std::string>& without) {
  sheet.warnings.push_back(fmt::format(
      "{}:1: there is no column 'file': {} files are matched by patient and visit in their names{}",
      sheet_path, files,
      found.is_by_number
          ? "; a visit's number counts, 0 is the visit without one: check abundance.csv"
          : ""));
  warn_of_some(sheet_path, sheet, "{} row{} no file and {} left out", without, "s have", " has");
  warn_of_some(sheet_path, sheet, "{} file{} of no row and {} left out", found.of_nobody, "s are",
               " is");
}

/// A file below the sheet's folder whose name is the same but for its ending, capitals or folder, as a suggestion.
std::string likely_file(const std::string& file, const std::string& sheet_path,
                        std::optional<std::vector<std::string>>& there) {
  if (!there) there = event_files_below(std::filesystem::path(sheet_path).parent_path().string());
  const auto stem = [](const std::string& path) {
    std::string word = std::filesystem::path(path).stem().string();
    for (char& letter : word)
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return word;
  };
  for (const std::string& path : *there) {
    if (stem(path) == stem(file)) return fmt::format("; did you mean '{}'?", path);
  }
  return {};
}

/// A name without its accents: "u" with a mark of its own, as macOS writes it, and "ü" are the same to the eye.
std::string without_accents(std::string_view name) {
  constexpr std::string_view kLetters =  // U+00C0 to U+00FF
      "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";
  std::string plain;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const auto lead = static_cast<unsigned char>(name[at]);
    const unsigned next = at + 1 < name.size() ? static_cast<unsigned char>(name[at + 1]) : 0;
    if (lead == 0xC3 && next >= 0x80 && next < 0xC0) {
      plain += kLetters[next - 0x80];
      ++at;
    } else if ((lead == 0xCC && next >= 0x80) || (lead == 0xCD && next >= 0x80 && next < 0xB0)) {
      ++at;  // a mark, U+0300 to U+036F
    } else {
      plain += name[at];
    }
  }
  return plain;
}

/// The only file of the folder whose name is `path`'s but for how its accents are written; empty if there is none.
std::string same_to_the_eye(const std::filesystem::path& path) {
  const std::string wanted = without_accents(path.filename().string());
  std::string found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path.parent_path(), error), end;
       !error && entry != end; entry.increment(error)) {
    if (without_accents(entry->path().filename().string()) != wanted) continue;
    if (!found.empty()) return {};
    found = entry->path().lexically_normal().string();
  }
  return found;
}

}  // namespace

void set_file(Sample& sample, const std::string& sheet_path, const std::string& file) {
  const std::filesystem::path folder = std::filesystem::path(sheet_path).parent_path();
  sample.file = file;
  sample.path = (folder / file).lexically_normal().string();
  std::error_code ignored;
  if (std::filesystem::exists(sample.path, ignored)) return;
  if (file.find('\\') != std::string::npos) {  // a path as Windows writes it
    std::replace(sample.file.begin(), sample.file.end(), '\\', '/');
    sample.path = (folder / sample.file).lexically_normal().string();
  }
  const bool has_accents = std::any_of(file.begin(), file.end(), [](char letter) {
    return static_cast<unsigned char>(letter) >= 0x80;
  });
  if (!has_accents || std::filesystem::exists(sample.path, ignored)) return;
  const std::string found = same_to_the_eye(sample.path);
  if (!found.empty()) sample.path = found;
}

void find_sheet_files(const std::string& sheet_path, SampleSheet& sheet, Problems& problems) {
  std::vector<PatientVisit> names;
  for (const Sample& sample : sheet.samples) {
    names.emplace_back(sample.patient,
                       sample.panel.empty() ? sample.visit : sample.visit + " " + sample.panel);
  }
  const std::filesystem::path path_of_sheet(sheet_path);
  std::vector<std::string> paths = event_files_below(path_of_sheet.parent_path().string());
  std::erase(paths, path_of_sheet.filename().string());
  const FoundFiles found = match_sample_files(paths, names);
  for (const std::string& path : found.ambiguous) {
    problems.add(0, fmt::format("file '{}' could be of several rows (there is no column 'file', "
                                "so names decide); rename it or add the column",
                                path));
  }
  std::vector<Sample> with_file;
  std::vector<std::string> without;
  for (std::size_t row = 0; row < names.size(); ++row) {
    Sample& sample = sheet.samples[row];
    if (found.of_row[row].empty())
      without.push_back(fmt::format("{}, {}", sample.patient, sample.visit));
    for (const std::string& path : found.of_row[row]) {
      set_file(sample, sheet_path, path);
      with_file.push_back(sample);
    }
  }
  if (with_file.empty() && found.ambiguous.empty()) {
    const std::string example =
        fmt::format("{}_{}.fcs", sheet.samples[0].patient, sheet.samples[0].visit);
    problems.add(1, fmt::format("there is no column 'file', and no file in or below the sheet's "
                                "folder is named after a patient and a visit (which file is "
                                "whose is unclear); add the column or name files like '{}'",
                                example));
  }
  warn_of_files(sheet_path, sheet, found, with_file.size(), without);
  sheet.samples = std::move(with_file);
}

void check_sheet_files(const std::string& sheet_path, const SampleSheet& sheet, SheetFiles files,
                       Problems& problems) {
  std::optional<std::vector<std::string>> there;  // looked up once, where a file is missing
  std::map<std::string, int> first_line;
  for (const Sample& sample : sheet.samples) {
    if (sample.file.empty()) continue;
    const auto [first, is_new] = first_line.emplace(sample.path, sample.line);
    if (!is_new) {
      problems.add(sample.line, fmt::format("file '{}' is already in line {} (its events "
                                            "would count twice); remove one row",
                                            sample.file, first->second));
      continue;
    }
    std::error_code ignored;
    if (files == SheetFiles::kMayBeElsewhere ||
        std::filesystem::is_regular_file(sample.path, ignored))
      continue;
    problems.add(
        sample.line,
        fmt::format(
            "file '{}' does not exist (looked for as {}); correct the name, which is relative "
            "to the sheet's folder{}",
            sample.file, sample.path, likely_file(sample.file, sheet_path, there)));
  }
}

void check_repeats(const std::string& sheet_path, SampleSheet& sheet, Problems& problems) {
  std::map<std::tuple<std::string, std::string, std::string>, const Sample*> first_of;
  for (const Sample& sample : sheet.samples) {
    if (sample.is_control || sample.patient.empty() || sample.visit.empty()) continue;
    const auto [first, is_new] =
        first_of.emplace(std::tuple(sample.patient, sample.visit, sample.panel), &sample);
    if (is_new) continue;
    const std::string what = fmt::format(
        "patient '{}', visit '{}'{} is already in line {}", sample.patient, sample.visit,
        sample.panel.empty() ? "" : fmt::format(", panel '{}'", sample.panel), first->second->line);
    if (sample.panel.empty()) {
      sheet.warnings.push_back(fmt::format("{}:{}: {}; taken as another panel of that visit",
                                           sheet_path, sample.line, what));
    } else if (sample.batch != first->second->batch) {
      sheet.warnings.push_back(fmt::format("{}:{}: {}, in another batch; their mean is compared",
                                           sheet_path, sample.line, what));
    } else {
      problems.add(sample.line, what +
                                    " (which one is compared is unclear); give technical "
                                    "repeats role control or another batch");
    }
  }
}

}  // namespace gateless::io
