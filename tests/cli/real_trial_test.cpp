// A published paired experiment through the real program: blood of eight people, unstimulated and with the B-cell receptor
// cross-linked (BCR-XL, mass cytometry); skipped where the files are not at hand.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

TEST(RealTrial, PairedComparisonAgreesWithAnIndependentOne) {
  namespace fs = std::filesystem;
  const char* data = std::getenv("GATELESS_DATA");
  const fs::path source =
      (data != nullptr ? fs::path(data) : fs::path(GATELESS_SOURCE_DIR) / "../shared/data") /
      "bcrxl_bodenmiller";
  if (!fs::is_directory(source))
    GTEST_SKIP() << "real data are not at " << source << " (set GATELESS_DATA)";
  const TemporaryFolder folder;
  std::string sheet = "patient,visit\n";
  for (int patient = 1; patient <= 8; ++patient) {
    for (const char* visit : {"Reference", "BCR-XL"}) {
      const std::string file =
          "PBMC8_30min_patient" + std::to_string(patient) + "_" + visit + ".fcs";
      fs::create_symlink(fs::absolute(source / file), folder / file);
      sheet += "patient " + std::to_string(patient) + "," + visit + "\n";
    }
  }
  folder.file("samples.csv", sheet);
  folder.file("study.yaml", "samples: samples.csv\ncompare: {baseline: Reference}\n");
  const Ended run = gateless("run --quiet --events none --out " + (folder / "result") + " " +
                             (folder / "study.yaml"));
  ASSERT_EQ(run.status, 0) << run.err;
  const Ended again =
      run_shell(python() + " " GATELESS_SOURCE_DIR "/tests/python/paired_comparison.py " +
                (folder / "result") + " Reference BCR-XL");
  EXPECT_EQ(again.status, 0) << again.out << again.err;
  std::cout << again.out;
}

}  // namespace
}  // namespace gateless::cli
