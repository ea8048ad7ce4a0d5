// The SHA-256 of a file is taken from an interrupted run only where the file cannot have changed since.
#include "host/files/seen_files.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "io/sha256.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::files {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;
using Sums = std::vector<std::string>;

class SeenFiles : public testing::Test {
 protected:
  SeenFiles() {
    for (const std::string name : {"one.fcs", "two.fcs"}) {
      Sample& sample = samples_.emplace_back();
      sample.file = name;
      sample.path = scratch_.file(name, "events of " + name);
    }
  }
  /// So that what is done next has another time.
  static void wait() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }
  /// Kept as a run keeps them that has begun an hour from now; told from true sums, so that it shows who was believed.
  void keep(const Sums& sums = {"of one", "of two"}) const {
    keep_seen_files(kept_, samples_, sums, settled_files(samples_, system_clock::now() + hours(1)));
  }
  [[nodiscard]] Sums sums() const { return sums_of_files(kept_, samples_, 2); }
  [[nodiscard]] Sums true_sums() const {
    return {io::sha256_of_file(samples_[0].path), io::sha256_of_file(samples_[1].path)};
  }

  TemporaryFolder scratch_;
  std::vector<Sample> samples_;
  std::string kept_ = scratch_ / "seen_files";
};

TEST_F(SeenFiles, AreNotReadAgain) {
  keep();
  EXPECT_EQ(sums(), (Sums{"of one", "of two"}));
}

TEST_F(SeenFiles, AreReadWhereNothingIsKept) {
  EXPECT_EQ(sums(), true_sums());
  scratch_.file("seen_files", "something else");
  EXPECT_EQ(sums(), true_sums());
}

TEST_F(SeenFiles, AreReadWhereTheyAreOthersOfTheSameSizeAndTime) {
  keep();
  const auto time = std::filesystem::last_write_time(samples_[1].path);
  wait();
  scratch_.file("two.fcs", "EVENTS of two.fcs");
  std::filesystem::last_write_time(samples_[1].path, time);
  EXPECT_EQ(sums(), (Sums{"of one", true_sums()[1]}));
}

TEST_F(SeenFiles, AreReadWhereTheyChangedWhileTheRunReadThem) {
  const FileStates before = settled_files(samples_, system_clock::now() + hours(1));
  wait();
  scratch_.file("two.fcs", "changed");
  keep_seen_files(kept_, samples_, {"of one", "of two"}, before);
  EXPECT_EQ(sums(), (Sums{"of one", true_sums()[1]}));
}

TEST_F(SeenFiles, AreReadWhereTheyWereWrittenOnlyJust) {
  keep_seen_files(kept_, samples_, {"of one", "of two"},
                  settled_files(samples_, system_clock::now()));
  EXPECT_EQ(sums(), true_sums());
}

TEST_F(SeenFiles, HaveNoSumWhereTheyAreGone) {
  keep({"of one", ""});
  const std::string second = true_sums()[1];
  std::filesystem::remove(samples_[0].path);
  EXPECT_EQ(sums(), (Sums{"", second}));
}

}  // namespace
}  // namespace gateless::files
