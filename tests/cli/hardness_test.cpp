// What a machine does to a run: the disk fills, the process is killed, somebody else writes into the folder.
#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

class Hardness : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = std::make_unique<TemporaryFolder>();
    ASSERT_EQ(gateless("simulate --quiet --patients 2 --controls 2 --panels B "
                       "--events-per-file 3000 --out " +
                       *shared_ / "trial")
                  .status,
              0);
    ASSERT_EQ(gateless(run_into(*shared_ / "reference")).status, 0);
  }
  static void TearDownTestSuite() { shared_.reset(); }

  static std::string run_into(const std::string& out) {
    return "run --quiet " + *shared_ / "trial/study.yaml" + " --out " + out;
  }

  /// The files that hold no times are those of the reference; with `part`, some may be missing.
  static void expect_reference(const std::string& out, bool part) {
    for (const auto& entry : std::filesystem::directory_iterator(*shared_ / "reference")) {
      const std::string name = entry.path().filename().string();
      const std::string path = out + "/" + name;
      if (part && !std::filesystem::exists(path)) continue;
      ASSERT_TRUE(std::filesystem::exists(path)) << path;
      if (name == "run.json" || name == "report.html") continue;
      EXPECT_TRUE(read_text(path) == read_text(entry.path())) << name;
    }
  }

  TemporaryFolder scratch_;
  static std::unique_ptr<TemporaryFolder> shared_;
};
std::unique_ptr<TemporaryFolder> Hardness::shared_;

TEST_F(Hardness, ADiskThatFillsIsAMessageAndTheNextRunGoesOn) {
  const std::string out = scratch_ / "out";
  for (const char* kilobytes : {"60", "300", "1200"}) {  // in no file, model.h5, events.h5ad
    const Ended ended =
        run_shell(fmt::format("ulimit -f {}; {} {}", kilobytes, GATELESS_PROGRAM, run_into(out)));
    EXPECT_EQ(ended.status, 4) << kilobytes << ended.err;
    EXPECT_NE(ended.err.find("space"), std::string::npos) << ended.err;
    EXPECT_FALSE(std::filesystem::exists(out + "/run.json"));
    expect_reference(out, true);
  }
  const Ended ended = gateless(run_into(out));
  EXPECT_EQ(ended.status, 0) << ended.err;
  expect_reference(out, false);
}

TEST_F(Hardness, MessagesThatCannotBeWrittenEndNothing) {
  const std::string file =
      std::filesystem::directory_iterator(*shared_ / "trial/fcs")->path().string();
  for (const std::string& full : {std::string("2>/dev/full"), std::string(">/dev/full 2>&1")}) {
    const Ended ended =
        run_shell(fmt::format("{} run {} --out {} {}", GATELESS_PROGRAM,
                              *shared_ / "trial/study.yaml", scratch_ / "out", full));
    EXPECT_EQ(ended.status, 0) << full << ended.err;
  }
  const Ended printed =
      run_shell(GATELESS_PROGRAM + std::string(" inspect ") + file + " >/dev/full");
  EXPECT_EQ(printed.status, 4);
  EXPECT_NE(printed.err.find("standard output: writing failed"), std::string::npos) << printed.err;
}

TEST_F(Hardness, AKilledRunLeavesWholeFilesAndTheNextRunGoesOn) {
  for (const char* seconds : {"0.1", "0.4", "0.8"}) {
    const std::string out = scratch_ / seconds;
    (void)run_shell(
        fmt::format("timeout -s KILL {} {} {}", seconds, GATELESS_PROGRAM, run_into(out)));
    expect_reference(out, true);
    EXPECT_EQ(gateless(run_into(out)).status, 0);
    expect_reference(out, false);
    EXPECT_FALSE(std::filesystem::exists(out + "/.gateless.lock"));
  }
}

TEST_F(Hardness, TheSecondRunIntoAFolderIsToldWhoHoldsIt) {
  const std::string lock = scratch_ / ".gateless.lock";
  write_text(lock, "process 4711 on somewhere");
  const int held = open(lock.c_str(), O_RDWR | O_CLOEXEC);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  ASSERT_EQ(fcntl(held, F_SETLK, &whole), 0);
  for (const std::string& command : {run_into(scratch_.path()), "report " + scratch_.path(),
                                     "simulate --quiet --out " + scratch_.path()}) {
    const Ended ended = gateless(command);
    EXPECT_EQ(ended.status, 3) << command;
    EXPECT_NE(ended.err.find("process 4711 on somewhere"), std::string::npos) << ended.err;
  }
  close(held);  // as when its holder dies
  EXPECT_EQ(gateless(run_into(scratch_.path())).status, 0);
}

TEST_F(Hardness, AFolderWithoutPermissionIsAMessage) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  std::filesystem::create_directory(scratch_ / "closed");
  std::filesystem::permissions(
      scratch_ / "closed", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const Ended ended = gateless(run_into(scratch_ / "closed"));
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("cannot be written"), std::string::npos) << ended.err;
}

TEST_F(Hardness, DamagedHdf5FilesAreRefusedByEveryCommand) {
  const std::string first =
      std::filesystem::directory_iterator(*shared_ / "trial/fcs")->path().string();
  for (const char* name : {"model.h5", "events.h5ad"}) {
    const std::string whole = read_text((*shared_ / "reference/").append(name));
    for (const std::size_t part : {1U, 5U, 9U}) {
      const std::string path = scratch_ / "cut.h5";
      write_text(path, whole.substr(0, whole.size() * part / 10));
      for (const std::string& command :
           {"inspect " + path, "cluster --quiet " + path + " --out " + scratch_ / "out",
            "map --quiet " + path + " " + first + " --out " + scratch_ / "out"}) {
        const Ended ended = gateless(command);
        EXPECT_EQ(ended.status, 3) << command << ended.err;
        EXPECT_NE((ended.out + ended.err).find("cut.h5"), std::string::npos) << ended.err;
      }
    }
  }
}

TEST_F(Hardness, MoreMarkersThanAPassTakesIsBadInput) {
  std::string table("m0");
  std::string row("1");
  for (int column = 1; column < 200; ++column) {
    table.append(",m").append(std::to_string(column));
    row += ",1";
  }
  write_text(scratch_ / "wide.csv", table + "\n" + row + "\n" + row + "\n");
  const Ended ended =
      gateless("cluster --quiet " + scratch_ / "wide.csv" + " --out " + scratch_ / "out");
  EXPECT_EQ(ended.status, 3) << ended.err;
  EXPECT_NE(ended.err.find("--markers"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace gateless::cli
