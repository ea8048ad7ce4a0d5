// Bad input is normal input: one message that says where and what to do, exit 3, and nothing left behind.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

class BadInput : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    trial_ = std::make_unique<TemporaryFolder>();
    ASSERT_EQ(
        gateless(
            "simulate --quiet --patients 1 --controls 1 --panels B --events-per-file 1500 --out " +
            *trial_ / "trial")
            .status,
        0);
  }
  static void TearDownTestSuite() { trial_.reset(); }

  /// The trial's sheet and study with one text replaced, run; the output folder must not appear.
  Ended run_changed(const std::string& file, const std::string& from, const std::string& to) {
    const std::string copy = scratch_ / "trial";
    std::filesystem::copy(*trial_ / "trial", copy, std::filesystem::copy_options::recursive);
    std::string text = read_text(copy + "/" + file);
    const std::size_t place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from << " in\n" << text;
    if (place != std::string::npos) text.replace(place, from.size(), to);
    write_text(copy + "/" + file, text);
    return run(copy);
  }

  Ended run(const std::string& trial) {
    Ended ended = gateless("run --quiet " + trial + "/study.yaml --out " + scratch_ / "out");
    EXPECT_EQ(ended.out, "");
    EXPECT_FALSE(std::filesystem::exists(scratch_ / "out/run.json"));
    EXPECT_FALSE(std::filesystem::exists(scratch_ / "out/abundance.csv"));
    return ended;
  }

  /// Any FCS file of the trial.
  static std::string first_fcs(const std::string& trial) {
    for (const auto& entry : std::filesystem::directory_iterator(trial + "/fcs"))
      return entry.path().string();
    return "";
  }

  TemporaryFolder scratch_;
  static std::unique_ptr<TemporaryFolder> trial_;
};
std::unique_ptr<TemporaryFolder> BadInput::trial_;

TEST_F(BadInput, MissingFileIsNamedWithItsLine) {
  const Ended ended = run_changed("samples.csv", "HC01", "HC99");
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("samples.csv:"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("HC99"), std::string::npos) << ended.err;
}

TEST_F(BadInput, UnknownKeyOfTheStudyFileGetsASuggestion) {
  const Ended ended = run_changed("study.yaml", "compare:", "compere:");
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("study.yaml:"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("did you mean 'compare'"), std::string::npos) << ended.err;
}

TEST_F(BadInput, MarkerThatThePanelLacks) {
  const std::string copy = scratch_ / "trial";
  std::filesystem::copy(*trial_ / "trial", copy, std::filesystem::copy_options::recursive);
  write_text(copy + "/study.yaml",
             read_text(copy + "/study.yaml") + "\ncluster:\n  markers: [CD19, CD272]\n");
  const Ended ended = run(copy);
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("CD272"), std::string::npos) << ended.err;
}

TEST_F(BadInput, TruncatedFcs) {
  const std::string copy = scratch_ / "trial";
  std::filesystem::copy(*trial_ / "trial", copy, std::filesystem::copy_options::recursive);
  const std::string file = first_fcs(copy);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  const Ended ended = run(copy);
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find(std::filesystem::path(file).filename().string()), std::string::npos)
      << ended.err;
  EXPECT_NE(ended.err.find("byte"), std::string::npos) << ended.err;
}

TEST_F(BadInput, EmptyFileAndMissingFileAreBothTold) {
  write_text(scratch_ / "empty.fcs", "");
  const Ended ended = gateless("cluster --quiet " + scratch_ / "empty.fcs" + " " +
                               scratch_ / "absent.fcs" + " --out " + scratch_ / "out");
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("empty.fcs"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("absent.fcs"), std::string::npos) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "out"));
}

TEST_F(BadInput, StudyFileThatIsNotThere) {
  const Ended ended =
      gateless("run --quiet " + scratch_ / "nothing.yaml" + " --out " + scratch_ / "out");
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("nothing.yaml"), std::string::npos) << ended.err;
}

TEST_F(BadInput, ControlCharactersReachNoTerminal) {
  write_text(scratch_ / "study.yaml", "samples: \"a\\0b\\ec\"\n");
  const Ended ended =
      gateless("run --quiet " + scratch_ / "study.yaml" + " --out " + scratch_ / "out");
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("a?b?c does not exist"), std::string::npos) << ended.err;
  write_text(scratch_ / "table.csv", "A\x1b[2J,B\x07\n1,2\n");
  EXPECT_EQ(gateless("inspect " + scratch_ / "table.csv").out.find('\x1b'), std::string::npos);
}

TEST_F(BadInput, ModelThatIsNoModel) {
  write_text(scratch_ / "model.h5", "not a model");
  const Ended ended = gateless("map --quiet " + scratch_ / "model.h5" + " " +
                               first_fcs(*trial_ / "trial") + " --out " + scratch_ / "out");
  EXPECT_EQ(ended.status, 3);
  EXPECT_NE(ended.err.find("model.h5"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace gateless::cli
