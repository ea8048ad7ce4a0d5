// The real program under mpirun: 1, 2 and 3 ranks leave the same bytes, and one of them speaks.
#include <gtest/gtest.h>

#include <memory>

#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

class Ranks : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<TemporaryFolder>();
    ASSERT_EQ(gateless("simulate --quiet --patients 1 --controls 1 --panels B "
                       "--events-per-file 3000 --out " +
                       path("trial"))
                  .status,
              0);
    alone_ =
        gateless("run --quiet --threads 1 " + path("trial/study.yaml") + " --out " + path("alone"));
    ASSERT_EQ(alone_.status, 0) << alone_.err;
  }
  static void TearDownTestSuite() { scratch_.reset(); }

  void SetUp() override {
    if (run_shell("command -v mpirun").status != 0) GTEST_SKIP() << "no mpirun on this machine";
    if (gateless("devices").out.find("built without MPI") != std::string::npos)
      GTEST_SKIP() << "the program was built without MPI";
  }

  static std::string path(const std::string& name) { return *scratch_ / name; }
  static Ended ranks(int count, const std::string& arguments) {
    return run_shell("mpirun --oversubscribe --allow-run-as-root -n " + std::to_string(count) +
                     " " + GATELESS_PROGRAM + " " + arguments);
  }

  static std::unique_ptr<TemporaryFolder> scratch_;
  static Ended alone_;  ///< how the program without mpirun ended
};
std::unique_ptr<TemporaryFolder> Ranks::scratch_;
Ended Ranks::alone_;

TEST_F(Ranks, LeaveTheSameBytesForAnyNumber) {
  for (const int count : {1, 2, 3}) {
    const std::string out = path("of" + std::to_string(count));
    const Ended ended =
        ranks(count, "run --quiet --threads 1 " + path("trial/study.yaml") + " --out " + out);
    ASSERT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, alone_.err) << "said once";
    for (const char* file : {"/model.h5", "/events.h5ad", "/abundance.csv", "/clusters.csv"}) {
      EXPECT_TRUE(read_text(out + file) == read_text(path("alone") + file)) << count << file;
    }
  }
}

TEST_F(Ranks, MapTheSameBytes) {
  const std::string model =
      "map --quiet --threads 1 " + path("alone/model.h5") + " " + path("trial/fcs/*.fcs");
  ASSERT_EQ(gateless(model + " --out " + path("mapped")).status, 0);
  const Ended ended = ranks(2, model + " --out " + path("mapped2"));
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_TRUE(read_text(path("mapped/events.h5ad")) == read_text(path("mapped2/events.h5ad")));
}

TEST_F(Ranks, FailTogetherWithOneMessageAndItsStatus) {
  const auto times = [](const std::string& text, const std::string& part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  };
  for (const auto& [arguments, status, words] :
       {std::tuple{"cluster " + path("none.fcs") + " --out " + path("x"), 3, "none.fcs"},
        std::tuple{std::string("clustr"), 2, "unknown command"}}) {
    const Ended ended = ranks(3, arguments);
    EXPECT_EQ(ended.status, status) << ended.err;
    EXPECT_EQ(times(ended.err, "gateless: "), 1) << ended.err;
    EXPECT_EQ(times(ended.err, words), 1) << ended.err;
  }
}

TEST_F(Ranks, AreCountedByDevices) {
  EXPECT_NE(ranks(2, "devices").out.find("2 ranks, 2 on this machine"), std::string::npos);
}

}  // namespace
}  // namespace gateless::cli
