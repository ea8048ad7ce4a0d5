#include "host/files/seen_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/core/piece_values.hpp"
#include "io/piece_file.hpp"
#include "io/sha256.hpp"

namespace gateless::files {
namespace {

/// FAT, the coarsest clock of a file system that is in use, counts in 2 s.
constexpr std::chrono::seconds kSettled{3};

const PieceHead kHead{.fingerprint = "", .name = "seen_files"};

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::optional<FileState> state_of(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) return std::nullopt;
  return FileState{.device = file.st_dev,
                   .inode = file.st_ino,
                   .bytes = static_cast<std::uint64_t>(file.st_size),
                   .modified = nanoseconds(file.st_mtim),
                   .changed = nanoseconds(file.st_ctim)};
}

std::vector<SeenFile> seen_files(const std::string& path) {
  std::vector<SeenFile> seen;
  try {
    PieceFileReader file(path);
    if (file.head() != kHead) return {};
    get(file, seen);
    file.expect_end();
  } catch (const DamagedPiece&) {
    return {};  // all files are read
  }
  return seen;
}

std::string sum_of_file(const std::string& path) {
  try {
    return sha256_of_file(path);
  } catch (const InputError&) {
    return {};  // whoever reads the file next says what is wrong with it
  }
}

}  // namespace

FileStates states_of(const std::vector<Sample>& samples,
                     std::chrono::system_clock::time_point now) {
  const auto settled =
      std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch() - kSettled)
          .count();
  FileStates states;
  for (const Sample& sample : samples) {
    const std::optional<FileState> state = state_of(sample.path);
    if (state && std::max(state->modified, state->changed) < settled) states[sample.path] = *state;
  }
  return states;
}

void keep_seen_files(const std::string& path, const std::vector<Sample>& samples,
                     const std::vector<std::string>& sums, const FileStates& before) {
  std::vector<SeenFile> seen;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto was = before.find(samples[i].path);
    if (was != before.end() && !sums[i].empty() && state_of(samples[i].path) == was->second)
      seen.push_back({samples[i].path, was->second, sums[i]});
  }
  try {
    PieceFileWriter file(path, kHead);
    put(file, seen);
    file.commit();
  } catch (const NoRoomForPiece&) {
    return;  // all files are read then
  }
}

std::vector<std::string> sums_of_files(const std::string& path, const std::vector<Sample>& samples,
                                       std::size_t threads) {
  std::map<std::string, SeenFile> by_path;
  for (SeenFile& file : seen_files(path)) by_path[file.path] = std::move(file);
  std::vector<std::string> sums(samples.size());
  parallel_for(threads, samples.size(), [&](std::size_t i) {
    const auto seen = by_path.find(samples[i].path);
    const bool is_known = seen != by_path.end() && state_of(samples[i].path) == seen->second.state;
    sums[i] = is_known ? seen->second.sha256 : sum_of_file(samples[i].path);
  });
  return sums;
}

}  // namespace gateless::files
