#include "host/files/unfinished_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "host/core/layers.hpp"
#include "host/core/piece_values.hpp"
#include "host/files/folders.hpp"
#include "io/piece_file.hpp"
#include "io/sha256.hpp"

namespace gateless::files {
namespace {

/// With less room left than this many times all pieces, the results themselves might not find theirs.
constexpr std::uint64_t kRoomForResults = 2;

constexpr const char* kSeenFiles = "seen_files";

/// Names of pieces by the order in which they were finished.
std::vector<std::string> finished_pieces(const std::string& folder,
                                         const std::string& fingerprint) {
  std::vector<std::pair<std::filesystem::file_time_type, std::string>> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().filename() == kSeenFiles) continue;  // of any inputs
    try {
      const PieceFileReader file(entry.path().string());
      if (file.head().fingerprint == fingerprint &&
          entry.path().filename() == file_name_of(file.head().name)) {
        found.emplace_back(entry.last_write_time(ignored), file.head().name);
        continue;
      }
    } catch (const DamagedPiece&) {
      // Half written, or of another program: it goes.
    }
    std::filesystem::remove_all(entry.path(), ignored);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  for (auto& [time, name] : found) names.push_back(std::move(name));
  return names;
}

}  // namespace

std::string fingerprint_of_run(const std::string& command, const std::string& configuration,
                               const std::string& knowledge, const std::vector<Sample>& samples,
                               const std::vector<std::string>& sums) {
  std::string text = fmt::format("{}\n{}\n{}\n{}\n", GATELESS_VERSION, command, configuration,
                                 sha256_of_text(knowledge));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& one = samples[i];
    for (const std::string* word : {&one.file, &one.path, &one.patient, &one.visit, &one.group,
                                    &one.panel, &one.batch, &sums[i]})
      text += fmt::format("{} {}\n", word->size(), *word);
    text += fmt::format("{} {} {}\n", one.line, one.is_control, one.cells_per_ul.value_or(-1.0));
    for (const auto& [name, number] : one.numbers)
      text +=
          fmt::format("{} {} {}\n", name.size(), name, number ? fmt::format("{}", *number) : "");
  }
  return sha256_of_text(text);
}

UnfinishedRun::UnfinishedRun(const std::string& dir, Warnings warnings, OnChange on_change)
    : folder_(dir + "/unfinished"),
      warnings_(std::move(warnings)),
      on_change_(std::move(on_change)) {
  on_change_(*this);
}

void UnfinishedRun::see_files(const std::vector<Sample>& samples) {
  before_ = settled_files(samples, std::chrono::system_clock::now());
}

std::vector<std::string> UnfinishedRun::sums_of(const std::vector<Sample>& samples,
                                                std::size_t threads) const {
  return sums_of_files(path_of_sums(), samples, threads);
}

bool UnfinishedRun::is_there() const {
  std::error_code ignored;
  return std::filesystem::is_directory(folder_, ignored) &&
         !std::filesystem::is_empty(folder_, ignored);
}

void UnfinishedRun::open(const std::string& fingerprint, const std::vector<Sample>& samples,
                         const std::vector<std::string>& sums) {
  names_ = finished_pieces(folder_, fingerprint);
  std::error_code failed;
  std::filesystem::create_directory(folder_, failed);
  fingerprint_ = failed ? "" : fingerprint;
  if (is_open()) keep_seen_files(path_of_sums(), samples, sums, before_);
  on_change_(*this);
}

bool UnfinishedRun::take(const std::string& name, const std::function<void(PieceReader&)>& read) {
  if (std::find(names_.begin(), names_.end(), name) == names_.end()) return false;
  try {
    PieceFileReader file(path_of(name));
    if (file.head() != PieceHead{fingerprint_, name}) throw DamagedPiece();
    std::vector<std::string> warnings;
    get(file, warnings);
    read(file);
    file.expect_end();
    for (const std::string& warning : warnings) warnings_.say(warning);
    return true;
  } catch (const DamagedPiece&) {
    std::erase(names_, name);  // it is made again
    return false;
  }
}

void UnfinishedRun::keep(const std::string& name, const std::function<void(PieceWriter&)>& write) {
  if (!is_open()) return;
  try {
    PieceFileWriter file(path_of(name), {fingerprint_, name});
    put(file, warnings_.so_far());
    write(file);
    file.commit();
  } catch (const NoRoomForPiece&) {
    return remove();
  }
  std::erase(names_, name);  // it has grown
  names_.push_back(name);
  std::error_code failed;
  const std::filesystem::space_info disk = std::filesystem::space(folder_, failed);
  if (failed || disk.available < kRoomForResults * bytes()) return remove();
  on_change_(*this);
}

std::uint64_t UnfinishedRun::bytes() const {
  std::uint64_t sum = 0;
  std::error_code failed;
  for (const std::string& name : names_) {
    const std::uint64_t bytes = std::filesystem::file_size(path_of(name), failed);
    if (!failed) sum += bytes;
  }
  return sum;
}

void UnfinishedRun::remove() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
  names_.clear();
  fingerprint_.clear();
  on_change_(*this);
}

std::string UnfinishedRun::path_of_sums() const { return folder_ + "/" + kSeenFiles; }

std::string UnfinishedRun::path_of(const std::string& name) const {
  return folder_ + "/" + file_name_of(name);
}

}  // namespace gateless::files
