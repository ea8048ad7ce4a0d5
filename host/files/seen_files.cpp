#include "host/files/seen_files.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "host/core/error.hpp"
#include "host/core/layers.hpp"
#include "host/core/parallel.hpp"
#include "host/core/piece_values.hpp"
#include "io/piece_file.hpp"
#include "io/sha256.hpp"

namespace gateless::files {
namespace {

/// Clocks of file systems tick at least every 2 s, and what was written through shared memory is seen within 30 s (Linux's
/// default): twice that.
constexpr std::chrono::seconds kSettled{60};

const PieceHead kHead{.fingerprint = GATELESS_VERSION, .name = "sums of files"};

/// A file and the SHA-256 of what it held in that state.
struct SeenFile {
  std::string path;
  FileState state;
  std::string sha256;
};

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

FileStates settled_files(const std::vector<Sample>& samples,
                         std::chrono::system_clock::time_point now) {
  const auto last =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch() - kSettled).count();
  FileStates states;
  for (const Sample& sample : samples) {
    const std::optional<FileState> state = state_of_file(sample.path);
    if (state && std::max(state->written, state->changed) < last) states[sample.path] = *state;
  }
  return states;
}

void keep_seen_files(const std::string& path, const std::vector<Sample>& samples,
                     const std::vector<std::string>& sums, const FileStates& before) {
  std::vector<SeenFile> seen;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto was = before.find(samples[i].path);
    if (was != before.end() && !sums[i].empty() && state_of_file(samples[i].path) == was->second)
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
    const bool is_known =
        seen != by_path.end() && state_of_file(samples[i].path) == seen->second.state;
    sums[i] = is_known ? seen->second.sha256 : sum_of_file(samples[i].path);
  });
  return sums;
}

}  // namespace gateless::files
