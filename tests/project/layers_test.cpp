// Dependencies run one way: no include line breaks the rules of CONTRIBUTING.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

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

/// "host/core" -> "gateless", which all layers share; "host/stages" -> "gateless::stages"; "io" -> "gateless::io".
std::string namespace_of(const std::string& layer) {
  return layer == "host/core" ? "gateless" : "gateless::" + layer.substr(layer.rfind('/') + 1);
}

TEST(Layers, HaveANamespaceEach) {
  const std::filesystem::path root = GATELESS_SOURCE_DIR;
  const std::regex opened("^namespace (gateless[\\w:]*) \\{");
  std::size_t files = 0;
  for (const auto& [layer, allowed] : kMaySee) {
    for (const auto& entry : std::filesystem::directory_iterator(root / layer)) {
      if (entry.path().filename() == "layers.hpp") continue;
      std::ifstream text(entry.path());
      for (std::string line; std::getline(text, line);) {
        std::smatch found;
        if (!std::regex_search(line, found, opened)) continue;
        ++files;
        const std::string wanted = namespace_of(layer);
        const bool is_door =
            layer == "cuda" && found[1] == "gateless::compute";  // cuda_backend.hpp
        EXPECT_TRUE(found[1] == wanted || found[1].str().starts_with(wanted + "::") || is_door)
            << entry.path() << " opens " << found[1];
      }
    }
  }
  EXPECT_GT(files, 400U);
}

/// What host/core/layers.hpp has each namespace find in itself.
std::map<std::string, std::set<std::string>> names_found() {
  std::map<std::string, std::set<std::string>> found;
  std::ifstream file(std::filesystem::path(GATELESS_SOURCE_DIR) / "host/core/layers.hpp");
  const std::regex words("^(using )?namespace (\\w+)");
  std::string inside;
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, words)) continue;
    if (match[1].matched) {
      found[inside].insert(match[2]);
    } else {
      inside = match[2];
      found[inside];
    }
  }
  return found;
}

TEST(Layers, FindNamesOfThoseTheyMaySee) {
  const auto found = names_found();
  for (const auto& [layer, allowed] : kMaySee) {
    if (layer == "host/core") continue;
    const std::string name = layer.substr(layer.rfind('/') + 1);
    ASSERT_TRUE(found.contains(name)) << name;
    std::set<std::string> reached;
    std::vector<std::string> next(found.at(name).begin(), found.at(name).end());
    for (const std::string& direct : next)
      EXPECT_TRUE(allowed.contains("host/" + direct) || allowed.contains(direct))
          << name << " finds the names of " << direct;
    while (!next.empty()) {
      const std::string one = next.back();
      next.pop_back();
      if (reached.insert(one).second)
        next.insert(next.end(), found.at(one).begin(), found.at(one).end());
    }
    for (const std::string& one : allowed)
      EXPECT_TRUE(one == "host/core" || reached.contains(one.substr(one.rfind('/') + 1)))
          << name << " does not find the names of " << one;
  }
}

/// What each target of the build links, as CMake writes it: "target:library;library".
std::map<std::string, std::set<std::string>> links_of_targets() {
  std::map<std::string, std::set<std::string>> links;
  std::ifstream file(std::filesystem::path(GATELESS_BUILD_DIR) / "links.txt");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    std::istringstream libraries(line.substr(colon + 1));
    std::set<std::string>& linked = links[line.substr(0, colon)];
    for (std::string library; std::getline(libraries, library, ';');) linked.insert(library);
  }
  return links;
}

TEST(Layers, NoTargetReachesItself) {
  const auto links = links_of_targets();
  ASSERT_TRUE(links.contains("gateless_core") && links.contains("gateless_stages"));
  for (const auto& [target, linked] : links) {
    std::set<std::string> reached;
    std::vector<std::string> next(linked.begin(), linked.end());
    while (!next.empty()) {
      const std::string library = next.back();
      next.pop_back();
      const auto found = links.find(library);
      if (found == links.end() || !reached.insert(library).second) continue;
      next.insert(next.end(), found->second.begin(), found->second.end());
    }
    EXPECT_FALSE(reached.contains(target)) << target << " links itself by way of others";
  }
}

/// The text of a source outside its anonymous namespace.
std::string with_linkage(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string text;
  bool is_anonymous = false;
  for (std::string line; std::getline(file, line);) {
    if (line == "namespace {") is_anonymous = true;
    if (!is_anonymous) text += line + '\n';
    if (line == "}  // namespace") is_anonymous = false;
  }
  return text;
}

// Of two types with one name in one namespace the linker takes the functions of either for both.
TEST(Layers, NoTwoTypesHaveOneName) {
  const std::filesystem::path root = GATELESS_SOURCE_DIR;
  const std::regex type(
      "(?:^|\n)(?:struct|class|enum class|using) (?:alignas\\([^)]*\\) "
      ")?(\\w+)(?![\\w:])[^;\n]*(?:\\{|=)");
  std::map<std::string, std::set<std::string>> files_of_type;
  for (const char* folder : {"host", "io", "cuda"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (!std::set<std::string>{".hpp", ".cpp", ".cuh"}.contains(
              entry.path().extension().string()))
        continue;
      const std::string text = with_linkage(entry.path());
      const std::string layer = layer_of(std::filesystem::relative(entry.path(), root).string());
      for (std::sregex_iterator found(text.begin(), text.end(), type), end; found != end; ++found)
        files_of_type[namespace_of(layer) + "::" + (*found)[1].str()].insert(entry.path().string());
    }
  }
  EXPECT_GT(files_of_type.size(), 300U);
  EXPECT_TRUE(files_of_type.contains("gateless::annotate::GateSide") &&
              files_of_type.contains("gateless::Stage"));
  for (const auto& [name, files] : files_of_type)
    EXPECT_EQ(files.size(), 1U) << name << " is defined in " << *files.begin() << " and in "
                                << *files.rbegin();
}

}  // namespace
}  // namespace gateless
