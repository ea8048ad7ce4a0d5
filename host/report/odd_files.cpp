#include "host/report/odd_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "host/report/attention.hpp"
#include "host/report/moved_markers.hpp"
#include "host/report/sentences.hpp"
#include "host/report/shared_warnings.hpp"

namespace gateless::report {
namespace {

constexpr std::size_t kFilesNamed = 6;
constexpr std::string_view kAdvice = "; look at this file";

/// "P1_base (200 events, 1.7 %)", the files that lost most first; empty where none lost any.
std::string dropped_in_time(const Results& results) {
  const std::vector<CutFile> files = cut_files(results);
  std::vector<std::string> parts;
  for (const CutFile& file : files) {
    if (parts.size() == kFilesNamed) break;
    parts.push_back(fmt::format("{} ({} events, {})", results.qc[file.row].sample,
                                counted_events(file.events), file.share));
  }
  if (files.size() > parts.size())
    parts.push_back(fmt::format("{} more with fewer", files.size() - parts.size()));
  return joined(parts);
}

/// "...: kept; look at this file" -> "...: kept".
std::string without_advice(const std::string& text) {
  const std::size_t advice = text.find(kAdvice);
  return advice == std::string::npos
             ? text
             : text.substr(0, advice) + text.substr(advice + kAdvice.size());
}

std::string noted(const SharedWarning& warning, const Results& results) {
  std::vector<std::string> files;
  for (const std::size_t row : warning.rows) files.push_back(results.qc[row].sample);
  const std::string which = files.size() <= kFilesNamed
                                ? joined(files)
                                : fmt::format("{} of {} files", files.size(), results.qc.size());
  return fmt::format("Noted in {}: {}.", which, without_advice(warning.text));
}

}  // namespace

std::vector<CutFile> cut_files(const Results& results) {
  std::vector<CutFile> files;
  for (std::size_t row = 0; row < results.qc.size(); ++row) {
    const QcRow& qc = results.qc[row];
    for (const auto& [reason, events] : qc.dropped) {
      if (reason != "time" || events == 0) continue;
      const double percent =
          100.0 * static_cast<double>(events) / static_cast<double>(std::max(qc.events, events));
      files.push_back({row, events, fmt::format("{:.2g} %", percent)});
    }
  }
  std::stable_sort(files.begin(), files.end(), [](const CutFile& one, const CutFile& other) {
    return one.events > other.events;
  });
  return files;
}

std::string cut_files_in_words(const Results& results) {
  std::vector<CutFile> files = cut_files(results);
  if (files.empty()) return {};
  const std::vector<SamplePerson> persons = persons_of(results);
  const std::size_t all = files.size();
  files.resize(std::min(all, kFilesNamed));
  std::stable_sort(files.begin(), files.end(),
                   [](const CutFile& one, const CutFile& other) { return one.row < other.row; });
  const auto who = [&](const CutFile& file) {
    const SamplePerson& person = persons[file.row];
    const auto is_same = [&](const SamplePerson& other) {
      return other.patient == person.patient && other.visit == person.visit;
    };
    const bool is_alone = std::count_if(persons.begin(), persons.end(), is_same) == 1;
    return person.patient.empty() || !is_alone ? results.qc[file.row].sample
                                               : person.patient + " " + person.visit;
  };
  const bool is_same = std::all_of(files.begin(), files.end(), [&](const CutFile& file) {
    return file.share == files.front().share;
  });
  std::vector<std::string> names;
  for (const CutFile& file : files)
    names.push_back(is_same ? who(file) : fmt::format("{} {}", who(file), file.share));
  if (all > files.size()) names.push_back(fmt::format("{} more with fewer", all - files.size()));
  const bool is_one = all == 1;
  return fmt::format("In {} a disturbed stretch was cut out ({}{})", counted(all, "file"),
                     joined(names),
                     !is_same || all > files.size()
                         ? ""
                         : fmt::format(": {}{}", files.front().share, is_one ? "" : " each"));
}

std::string odd_files_in_words(const Results& results) {
  if (results.qc.empty()) return {};
  std::vector<std::string> sentences;
  if (const std::string dropped = dropped_in_time(results); !dropped.empty())
    sentences.push_back(fmt::format("Disturbed stretches were dropped in {}.", dropped));
  for (const SharedWarning& warning : warnings_of_files(results))
    sentences.push_back(noted(warning, results));
  if (sentences.empty())
    sentences.emplace_back("No stretch of an acquisition was dropped or found odd.");
  std::vector<std::string> doubted;
  for (const SampleNote& sample : attention_of(results).samples)
    doubted.push_back(joined(sample.files));
  if (!doubted.empty()) {
    sentences.push_back(fmt::format(
        "No file was left out; those that need a look were analysed like all others: {}.",
        fmt::join(doubted, ", ")));
  }
  return fmt::format("{}", fmt::join(sentences, " "));
}

}  // namespace gateless::report
