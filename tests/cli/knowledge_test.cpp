// A study with a knowledge file that cannot be used ends with status 3 and the line.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/program.hpp"

namespace gateless::cli {
namespace {

TEST(BadKnowledge, EndsWithStatusThreeAndEveryLine) {
  const std::string folder = ::testing::TempDir() + "/bad_knowledge";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/events.csv") << "CD3,CD19\n1,2\n3,4\n";
  std::ofstream(folder + "/samples.csv")
      << "file,patient,visit,group\nevents.csv,P1,baseline,all\n";
  std::ofstream(folder + "/study.yaml") << "samples: samples.csv\nknowledge: [k.yaml]\n";
  std::ofstream(folder + "/k.yaml")
      << "markers: {CD3: {}, CD19: {}}\n"
      << "subsets:\n"
      << "  - {id: a, parent: b, partition: l, core: {CD3: pos}}\n"
      << "  - {id: b, parent: a, partition: l, core: {CD33: pos}}\n"
      << "  - {id: c, parent: b, partition: l, core: {CD19: bright}}\n";
  const Ended first = gateless("run " + folder + "/study.yaml --out " + folder + "/result");
  EXPECT_EQ(first.status, 3);
  EXPECT_EQ(first.out, "");
  EXPECT_NE(first.err.find("k.yaml:5: unknown level `bright`"), std::string::npos) << first.err;
  std::ofstream(folder + "/k.yaml") << "markers: {CD3: {}, CD19: {}}\n"
                                    << "subsets:\n"
                                    << "  - {id: a, parent: b, partition: l, core: {CD3: pos}}\n"
                                    << "  - {id: b, parent: a, partition: l, core: {CD33: pos}}\n";
  const Ended second = gateless("run " + folder + "/study.yaml --out " + folder + "/result");
  EXPECT_EQ(second.status, 3);
  EXPECT_NE(second.err.find("k.yaml:3: subset `a` is its own ancestor"), std::string::npos)
      << second.err;
  EXPECT_NE(second.err.find("k.yaml:4: unknown marker `CD33`"), std::string::npos) << second.err;
}

}  // namespace
}  // namespace gateless::cli
