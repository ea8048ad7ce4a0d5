// --memory: a bound that the events do not fit into changes no byte of any output, and leaves nothing behind.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "tests/cli/program.hpp"
#include "tests/sanitized.hpp"

namespace gateless::cli {
namespace {

/// Some blocks of these trials are larger than what it leaves for them.
constexpr const char* kTiny = " --memory 0.001";

class Memory : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = std::make_unique<TemporaryFolder>();
    ASSERT_EQ(gateless("simulate --quiet --patients 2 --controls 2 --events-per-file 4000 --out " +
                       *shared_ / "trial")
                  .status,
              0);
    ASSERT_EQ(gateless(run_into(*shared_ / "reference")).status, 0);
  }
  static void TearDownTestSuite() { shared_.reset(); }

  static std::string run_into(const std::string& out) {
    return "run --quiet --fcs --events panels " + *shared_ / "trial/study.yaml" + " --out " + out;
  }

  /// A file's bytes without the seconds and the memory of stages.
  static std::string content(const std::string& path) {
    const std::string name = std::filesystem::path(path).filename().string();
    std::string text = read_text(path);
    if (name != "run.json" && name != "report.html") return text;
    const std::string end = name == "run.json" ? "]" : "]]}";
    const std::size_t first = text.find("\"stages\":");
    const std::size_t last = text.find(end, first);
    if (last == std::string::npos) return "no stages";
    return text.erase(first, last - first);
  }

  static std::size_t expect_same(const std::string& one, const std::string& other) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(one)) {
      if (!entry.is_regular_file()) continue;
      const std::string path = entry.path().string();
      const std::string beside = other + path.substr(one.size());
      EXPECT_TRUE(std::filesystem::exists(beside)) << beside;
      EXPECT_TRUE(content(path) == content(beside)) << beside;
      ++files;
    }
    return files;
  }

  TemporaryFolder scratch_;
  static std::unique_ptr<TemporaryFolder> shared_;
};
std::unique_ptr<TemporaryFolder> Memory::shared_;

TEST_F(Memory, ThatIsTooLittleForTheEventsChangesNoByteOfARun) {
  const std::string out = scratch_ / "out";
  const Ended ended = gateless(run_into(out) + kTiny);
  ASSERT_EQ(ended.status, 0) << ended.err;
  const std::size_t files = expect_same(*shared_ / "reference", out);
  EXPECT_EQ(expect_same(out, *shared_ / "reference"), files);
  EXPECT_GT(files, 20U);
}

TEST_F(Memory, ThatIsTooLittleForTheEventsChangesNoByteOfAMap) {
  const std::string map = "map --quiet " + *shared_ / "reference/model.h5" + " --samples " +
                          *shared_ / "trial/samples.csv" + " --out " + scratch_.path();
  ASSERT_EQ(gateless(map + "/plain").status, 0);
  ASSERT_EQ(gateless(map + "/bound" + kTiny).status, 0);
  EXPECT_GT(expect_same(scratch_ / "plain", scratch_ / "bound"), 5U);
}

TEST_F(Memory, WithoutRoomOnDiskForTheRestIsAMessage) {
#ifdef GATELESS_THREAD_SANITIZER
  GTEST_SKIP() << "blocks are the sanitizer's, and none lies on the disk";
#endif
  const std::string out = scratch_ / "out";
  const Ended ended =
      run_shell(fmt::format("ulimit -f 900; {} {}{}", GATELESS_PROGRAM, run_into(out), kTiny));
  EXPECT_EQ(ended.status, 4) << ended.err;
  EXPECT_NE(ended.err.find("do not fit into 0.00 GiB of memory"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("free some space"), std::string::npos) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(out + "/run.json"));
}

TEST_F(Memory, LeavesNothingOfTheRestBehindWhenKilled) {
  const std::string out = scratch_ / "out";
  std::filesystem::create_directory(out);
  for (const char* seconds : {"0.2", "0.5", "0.9"}) {
    (void)run_shell(
        fmt::format("timeout -s KILL {} {} {}{}", seconds, GATELESS_PROGRAM, run_into(out), kTiny));
    for (const auto& entry : std::filesystem::directory_iterator(out)) {
      const std::string name = entry.path().filename().string();
      EXPECT_TRUE(name[0] != '.' || name == ".gateless.lock") << name;
    }
  }
  EXPECT_EQ(gateless(run_into(out) + kTiny).status, 0);
  expect_same(*shared_ / "reference", out);
}

}  // namespace
}  // namespace gateless::cli
