#include "host/core/packed_levels.hpp"

#include <algorithm>
#include <cmath>

namespace gateless {
namespace {

constexpr int kLongestRun = kPackedLevels - 1 - kTopPackedCount;

}  // namespace

char packed_level(int level) {
  int letter = 33 + std::clamp(level, 0, kPackedLevels - 1);
  for (const char escaped : {'"', '&', '<', '\\'}) letter += letter >= escaped ? 1 : 0;
  return static_cast<char>(letter);
}

char packed_share(double share) {
  return packed_level(static_cast<int>(std::clamp(share, 0.0, 1.0) * (kPackedLevels - 1) + 0.5));
}

std::string packed_fine_share(double share) {
  constexpr int kSteps = kPackedLevels * kPackedLevels - 1;
  const int step = static_cast<int>(std::clamp(share, 0.0, 1.0) * kSteps + 0.5);
  return {packed_level(step / kPackedLevels), packed_level(step % kPackedLevels)};
}

std::string packed_counts(const Matrix<std::uint64_t>& counts) {
  std::string text;
  int empty = 0;
  const auto end_run = [&] {
    if (empty > 0) text += empty == 1 ? packed_level(0) : packed_level(kTopPackedCount + empty);
    empty = 0;
  };
  for (const std::uint64_t count : counts.values()) {
    if (count == 0) {
      if (++empty == kLongestRun) end_run();
      continue;
    }
    end_run();
    const double level = 1.0 + 4.0 * std::log(static_cast<double>(count));
    text += packed_level(std::min(kTopPackedCount, static_cast<int>(level)));
  }
  end_run();
  return text;
}

}  // namespace gateless
