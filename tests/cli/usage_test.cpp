// What the command line says to a user who asks, and to one who errs.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace gateless::cli
