#include "host/report/odd_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "host/report/attention.hpp"
#include "host/report/sentences.hpp"
#include "host/report/shared_warnings.hpp"

namespace gateless {
namespace {

constexpr std::size_t kFilesNamed = 6;
constexpr std::string_view kAdvice = "; look at this file";

/// "P1_base (200 events, 1.7 %)", the files that lost most first; empty where none lost any.
std::string dropped_in_time(const Results& results) {
  std::vector<std::pair<std::uint64_t, std::size_t>> files;  // events, row
  for (std::size_t row = 0; row < results.qc.size(); ++row) {
    for (const auto& [reason, events] : results.qc[row].dropped) {
      if (reason == "time" && events > 0) files.emplace_back(events, row);
    }
  }
  std::stable_sort(files.begin(), files.end(),
                   [](const auto& one, const auto& other) { return one.first > other.first; });
  std::vector<std::string> parts;
  for (const auto& [events, row] : files) {
    if (parts.size() == kFilesNamed) break;
    const QcRow& qc = results.qc[row];
    parts.push_back(
        fmt::format("{} ({} events, {:.2g} %)", qc.sample, counted_events(events),
                    100.0 * static_cast<double>(events) / static_cast<double>(qc.events)));
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

}  // namespace gateless
