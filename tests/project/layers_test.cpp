// Dependencies run one way: no include line breaks the rules of CONTRIBUTING.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace gateless {
namespace {

const std::map<std::string, std::set<std::string>> kMaySee{
    {"host/core", {}},
    {"host/compute", {"host/core"}},
    {"host/cluster", {"host/core", "host/compute"}},
    {"host/preprocess", {"host/core"}},
    {"host/annotate", {"host/core"}},
    {"host/statistics", {"host/core"}},
    {"host/report", {"host/core"}},
    {"host/simulate", {"host/core", "io"}},
    {"host/stages",
     {"host/core", "host/compute", "host/cluster", "host/preprocess", "host/annotate",
      "host/statistics", "io"}},
    {"host/files",
     {"host/core", "host/annotate", "host/preprocess", "host/report", "host/stages", "io"}},
    {"host/options", {"host/core", "host/compute"}},
    {"io", {"host/core"}},
    {"cuda", {"host/core", "host/compute"}},
};

TEST(Layers, AreAllListed) {
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(GATELESS_SOURCE_DIR) / "host")) {
    const std::string layer = "host/" + entry.path().filename().string();
    EXPECT_TRUE(kMaySee.contains(layer) || layer == "host/app") << layer;  // the program sees all
  }
}

/// "host/core/error.hpp" -> "host/core"; "io/csv.hpp" -> "io".
std::string layer_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

TEST(Layers, IncludeOnlyWhatTheyMaySee) {
  const std::filesystem::path root = GATELESS_SOURCE_DIR;
  const std::regex include("^\\s*#include \"([^\"]+)\"");
  std::size_t files = 0;
  for (const auto& [layer, allowed] : kMaySee) {
    ASSERT_TRUE(std::filesystem::is_directory(root / layer)) << layer;
    for (const auto& entry : std::filesystem::directory_iterator(root / layer)) {
      if (!std::set<std::string>{".hpp", ".cpp", ".cu", ".cuh"}.contains(
              entry.path().extension().string()))
        continue;
      ++files;
      std::ifstream text(entry.path());
      for (std::string line; std::getline(text, line);) {
        std::smatch found;
        if (!std::regex_search(line, found, include)) continue;
        const std::string seen = layer_of(found[1]);
        EXPECT_TRUE(seen == layer || allowed.contains(seen))
            << entry.path() << " includes " << found[1];
      }
    }
  }
  EXPECT_GT(files, 50U);
}

}  // namespace
}  // namespace gateless
