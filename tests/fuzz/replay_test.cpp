// Every target of tests/fuzz on its seeds, on what fuzzing once found (tests/fuzz/corpus/<target>) and on damaged copies:
// cut at any place, or with one byte changed. GATELESS_DAMAGED asks for more copies.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "host/core/philox.hpp"
#include "tests/fuzz/targets.hpp"

namespace gateless::fuzz {
namespace {

std::vector<std::string> corpus_of(const Target& target) {
  std::vector<std::string> inputs = target.seeds();
  inputs.emplace_back();
  const std::string folder = std::string(GATELESS_SOURCE_DIR) + "/tests/fuzz/corpus/" + target.name;
  if (!std::filesystem::exists(folder)) return inputs;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

/// The input cut at a place, or with one byte changed: a function of `number`.
std::string damaged(std::string input, std::uint64_t number) {
  if (input.empty()) return input;
  const Philox random(15, number);
  const std::size_t place = random.below(input.size(), 0);
  if (random.below(2, 1) == 0) return input.substr(0, place);
  input[place] = static_cast<char>(input[place] ^ static_cast<char>(1 + random.below(255, 2)));
  return input;
}

std::size_t damaged_copies(const Target& target) {
  if (const char* asked = std::getenv("GATELESS_DAMAGED")) return std::stoul(asked);
  if (target.name == "backends") return 50;
  return target.name == "h5ad" || target.name == "model" ? 100 : 1000;  // each in a child process
}

/// CPU seconds of this process and of its children that have ended.
double cpu_seconds() {
  double sum = 0.0;
  for (const auto whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(whose, &usage);
    for (const timeval& part : {usage.ru_utime, usage.ru_stime})
      sum += static_cast<double>(part.tv_sec) + 1e-6 * static_cast<double>(part.tv_usec);
  }
  return sum;
}

class Replay : public testing::TestWithParam<Target> {
 protected:
  void TearDown() override { std::printf("slowest: %.3f s\n", slowest_); }

  /// The target returns, and never computes for long. A second is long; sanitizers make ten of it. A busy machine does not:
  /// what other programs do meanwhile is not counted.
  void expect_quick_end(const std::string& input) {
    const double before = cpu_seconds();
    EXPECT_NO_THROW((void)GetParam().run(input));
    const double took = cpu_seconds() - before;
    EXPECT_LT(took, 10.0);
    slowest_ = std::max(slowest_, took);
  }

  double slowest_ = 0.0;  ///< CPU seconds
};

TEST_P(Replay, TheFirstSeedIsRead) { EXPECT_TRUE(GetParam().run(GetParam().seeds().front())); }

TEST_P(Replay, EveryInputIsReadOrRefused) {
  for (const std::string& input : corpus_of(GetParam())) expect_quick_end(input);
}

TEST_P(Replay, EveryDamagedInputIsReadOrRefused) {
  const std::vector<std::string> inputs = corpus_of(GetParam());
  for (std::size_t number = 0; number < damaged_copies(GetParam()); ++number) {
    SCOPED_TRACE(testing::Message() << "damaged copy " << number);
    expect_quick_end(damaged(inputs[number % inputs.size()], number));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Replay, testing::ValuesIn(targets()),
                         [](const auto& target) { return target.param.name; });

}  // namespace
}  // namespace gateless::fuzz
