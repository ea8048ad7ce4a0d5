// Parts that `map` wrote on several machines give the tables of one run.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

class Combine : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scratch_ = std::make_unique<TemporaryFolder>();
    ASSERT_EQ(gateless("simulate --quiet --patients 2 --controls 2 --events-per-file 2500 --out " +
                       path("trial"))
                  .status,
              0);
    const std::string study = path("trial/study.yaml");
    ASSERT_EQ(gateless("run --quiet --events none " + study + " --out " + path("trained")).status,
              0);
    const std::string model = path("trained/model.h5");
    const Ended whole =
        gateless("run --quiet " + study + " --model " + model + " --out " + path("whole"));
    ASSERT_EQ(whole.status, 0) << whole.err;
    std::string files[4];
    std::size_t next = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path("trial/fcs")))
      files[next++ % 4].append(" ").append(entry.path().string());
    for (int part = 0; part < 4; ++part) {
      const Ended mapped = gateless("map --quiet --events none " + model + files[part] + " --out " +
                                    path("part" + std::to_string(part)));
      ASSERT_EQ(mapped.status, 0) << mapped.err;
    }
  }
  static void TearDownTestSuite() { scratch_.reset(); }
  static std::string path(const std::string& name) { return *scratch_ / name; }
  static Ended combine(const std::string& parts, const std::string& out) {
    return gateless("combine --quiet " + parts + " --study " + path("trial/study.yaml") +
                    " --out " + path(out));
  }
  static std::string parts(const std::string& numbers) {
    std::string words;
    for (const char number : numbers) words += path(fmt::format("part{}", number)) + " ";
    return words;
  }

  static std::unique_ptr<TemporaryFolder> scratch_;
};
std::unique_ptr<TemporaryFolder> Combine::scratch_;

TEST_F(Combine, FourPartsGiveTheBytesOfOneRunInAnyOrder) {
  for (const char* order : {"0123", "2031"}) {
    const std::string out = fmt::format("combined{}", order);
    const Ended ended = combine(parts(order), out);
    ASSERT_EQ(ended.status, 0) << ended.err;
    for (const char* file : {"abundance.csv", "patients.csv", "changes.csv", "abnormal.csv",
                             "clusters.csv", "qc.csv", "gateless_mqc.json"}) {
      EXPECT_TRUE(read_text(path("whole/") + file) == read_text(path(out + "/" + file))) << file;
    }
    EXPECT_TRUE(std::filesystem::exists(path(out + "/report.html")));
  }
}

TEST_F(Combine, NeedsTheFilesNoMore) {
  std::filesystem::create_directory(path("elsewhere"));
  for (const char* file : {"study.yaml", "samples.csv"})
    std::filesystem::copy(path("trial/") + file, path("elsewhere/") + file);
  const Ended ended = gateless("combine --quiet " + parts("0123") + " --study " +
                               path("elsewhere/study.yaml") + " --out " + path("gathered"));
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_TRUE(read_text(path("whole/patients.csv")) == read_text(path("gathered/patients.csv")));
}

TEST_F(Combine, NamesPartsThatAreNotFinishedAndSamplesThatAreMissing) {
  std::filesystem::copy(path("part0"), path("killed"));
  std::filesystem::remove(path("killed/run.json"));
  const Ended killed = combine(path("killed") + " " + parts("123"), "never");
  EXPECT_EQ(killed.status, 3);
  EXPECT_NE(killed.err.find("killed: not finished"), std::string::npos) << killed.err;
  EXPECT_FALSE(std::filesystem::exists(path("never/run.json")));

  const Ended missing = combine(parts("012"), "never");
  EXPECT_EQ(missing.status, 3);
  EXPECT_NE(missing.err.find("in none of the parts"), std::string::npos) << missing.err;

  const Ended twice = combine(parts("01233"), "never");
  EXPECT_EQ(twice.status, 3);
  EXPECT_NE(twice.err.find("in several parts"), std::string::npos) << twice.err;
}

TEST_F(Combine, RefusesDamagedPartsAndOtherModels) {
  std::filesystem::copy(path("part0"), path("cut"));
  std::filesystem::resize_file(path("cut/part.h5"),
                               std::filesystem::file_size(path("cut/part.h5")) / 2);
  const Ended cut = combine(path("cut") + " " + parts("123"), "never");
  EXPECT_EQ(cut.status, 3);
  EXPECT_NE(cut.err.find("cut/part.h5"), std::string::npos) << cut.err;

  ASSERT_EQ(gateless("run --quiet --events none --seed 5 " + path("trial/study.yaml") + " --out " +
                     path("other"))
                .status,
            0);
  const std::string file = std::filesystem::directory_iterator(path("trial/fcs"))->path().string();
  ASSERT_EQ(gateless("map --quiet --events none " + path("other/model.h5") + " " + file +
                     " --out " + path("stranger"))
                .status,
            0);
  const Ended other = combine(parts("0123") + path("stranger"), "never");
  EXPECT_EQ(other.status, 3);
  EXPECT_NE(other.err.find("another model"), std::string::npos) << other.err;
}

}  // namespace
}  // namespace gateless::cli
