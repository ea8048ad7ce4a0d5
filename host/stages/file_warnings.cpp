#include "host/stages/file_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace gateless::stages {
namespace {

/// A sentence without its numbers, and drift without its signals: files that differ in these alone say the same.
std::string kind_of(const std::string& warning) {
  constexpr std::string_view kDrift = "slow drift over the acquisition";
  if (warning.starts_with(kDrift)) return std::string(kDrift);
  std::string kind;
  for (const char letter : warning) {
    const bool is_digit = letter >= '0' && letter <= '9';
    if (is_digit && !kind.empty() && kind.back() == '#') continue;
    kind += is_digit ? '#' : letter;
  }
  return kind;
}

}  // namespace

void warn_of_files(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                   const std::vector<std::size_t>& members, Progress& progress) {
  struct Said {
    std::string kind, text;
    std::vector<std::string> files;
    bool has_other_numbers = false;
  };
  std::vector<Said> said;
  const auto add = [&](const std::string& warning, const std::string& file) {
    const std::string kind = kind_of(warning);
    auto known =
        std::find_if(said.begin(), said.end(), [&](const Said& each) { return each.kind == kind; });
    if (known == said.end()) known = said.insert(said.end(), {kind, warning, {}});
    if (known->files.empty() || known->files.back() != file) known->files.push_back(file);
    known->has_other_numbers = known->has_other_numbers || known->text != warning;
  };
  for (const std::size_t member : members) {
    for (const std::string& warning : files[member].prepared.warnings)
      add(warning, samples[member].file);
    for (const std::string& warning : files[member].warnings) add(warning, samples[member].file);
  }
  for (const Said& each : said) {
    progress.warn(fmt::format("{}: {}{}", few_of(each.files), each.text,
                              each.has_other_numbers ? " (as in the first; qc.csv has all)" : ""));
  }
}

void warn_of_copies(const std::vector<Sample>& samples, const std::vector<Ingested>& files,
                    Progress& progress) {
  std::map<std::string, std::vector<std::string>> names;  // SHA-256 -> files
  for (std::size_t file = 0; file < files.size(); ++file)
    names[files[file].sha256].push_back(samples[file].file);
  for (const auto& [sum, same] : names) {
    if (same.size() < 2) continue;
    progress.warn(fmt::format(
        "{}: the same file under {} names, byte for byte (its events count as often, and a change "
        "between them is none); look which is meant",
        few_of(same), same.size()));
  }
}

}  // namespace gateless::stages
