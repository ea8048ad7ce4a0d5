// What the command line says to a user who asks, and to one who errs.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

TEST(Usage, EveryCommandHelpsWithAnExample) {
  for (const char* command :
       {"run", "cluster", "map", "inspect", "simulate", "report", "devices"}) {
    const Ended ended = gateless(std::string(command) + " --help");
    EXPECT_EQ(ended.status, 0) << command;
    EXPECT_NE(ended.out.find(std::string("Example: gateless ") + command), std::string::npos)
        << ended.out;
  }
}

TEST(Usage, MisspeltCommandGetsTheNearestOne) {
  const Ended ended = gateless("clutser a.fcs --out x");
  EXPECT_EQ(ended.status, 2);
  EXPECT_NE(ended.err.find("did you mean 'cluster'"), std::string::npos) << ended.err;
  EXPECT_EQ(ended.out, "");
}

TEST(Usage, MisspeltOptionGetsTheNearestOne) {
  const Ended ended = gateless("cluster a.fcs --out x --epohcs 3");
  EXPECT_EQ(ended.status, 2);
  EXPECT_NE(ended.err.find("did you mean '--epochs'"), std::string::npos) << ended.err;
}

TEST(Usage, WrongValuesSayWhatIsTaken) {
  EXPECT_EQ(gateless("cluster a.fcs --out x --grid 10").status, 2);
  EXPECT_EQ(gateless("cluster a.fcs --out x --grid 100x100").status, 2);
  EXPECT_EQ(gateless("cluster a.fcs --out x --transform logit").status, 2);
  EXPECT_EQ(gateless("cluster a.fcs --out x --metaclusters some").status, 2);
  EXPECT_EQ(gateless("cluster a.fcs --out x --threads -3").status, 2);
  EXPECT_EQ(gateless("cluster a.fcs").status, 2);
  EXPECT_EQ(gateless("").status, 2);
  const Ended backend = gateless("cluster a.fcs --out x --backend gpu");
  EXPECT_EQ(backend.status, 2) << backend.err;
}

TEST(Usage, PrintsTheDocumentedConfiguration) {
  const Ended ended = gateless("--print-config");
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.out, read_text(std::string(GATELESS_SOURCE_DIR) + "/configs/study.yaml"));
}

TEST(Usage, DevicesNamesEveryBackend) {
  const Ended ended = gateless("devices");
  EXPECT_EQ(ended.status, 0);
  for (const char* backend : {"reference", "cpu", "cuda"}) {
    EXPECT_NE(ended.out.find(backend), std::string::npos) << ended.out;
  }
}

/// 300 events of three markers, clustered with every GPU hidden.
Ended cluster_without_gpu(const TemporaryFolder& folder, const std::string& options) {
  std::string rows = "CD3,CD4,CD8\n";
  for (int event = 0; event < 300; ++event) {
    rows += std::to_string(event % 17) + "," + std::to_string(event % 5) + "," +
            std::to_string(event * event % 23) + "\n";
  }
  write_text(folder / "a.csv", rows);
  return run_shell(std::string("CUDA_VISIBLE_DEVICES= ") + GATELESS_PROGRAM + " cluster " +
                   (folder / "a.csv") + " --transform none --out " + (folder / "out") + " " +
                   options);
}

TEST(Usage, WithoutAGpuTheCudaBackendIsExitFourAndSaysWhy) {
  const TemporaryFolder folder;
  const Ended ended = cluster_without_gpu(folder, "--backend cuda");
  EXPECT_EQ(ended.status, 4) << ended.err;
  EXPECT_NE(ended.err.find("(nothing can run on"), std::string::npos) << ended.err;
  EXPECT_NE(ended.err.find("use --backend cpu"), std::string::npos) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST(Usage, WithoutAGpuTheCpuComputesAndOneLineSaysWhy) {
  const TemporaryFolder folder;
  const Ended ended = cluster_without_gpu(folder, "");
  EXPECT_EQ(ended.status, 0) << ended.err;
  const std::size_t place = ended.err.find("computing on cpu");
  ASSERT_NE(place, std::string::npos) << ended.err;
  const std::string line = ended.err.substr(place, ended.err.find('\n', place) - place);
  EXPECT_NE(line.find("; no GPU: "), std::string::npos) << line;
  EXPECT_EQ(ended.err.find("no GPU", place + line.size()), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace gateless::cli
