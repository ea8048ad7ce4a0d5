// The tests that docs/fcs.md names are there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace gateless {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Docs, NameTestsThatExist) {
  const std::filesystem::path root = GATELESS_SOURCE_DIR;
  std::set<std::string> tests;
  const std::regex test("TEST\\((Fcs\\w+), (\\w+)\\)");
  for (const auto& entry : std::filesystem::directory_iterator(root / "tests/io")) {
    const std::string text = text_of(entry.path());
    for (std::sregex_iterator found(text.begin(), text.end(), test), end; found != end; ++found)
      tests.insert((*found)[1].str() + "." + (*found)[2].str());
  }
  const std::string page = text_of(root / "docs/fcs.md");
  const std::regex name("Fcs[A-Z]\\w+\\.\\w+");
  std::size_t named = 0;
  for (std::sregex_iterator found(page.begin(), page.end(), name), end; found != end; ++found) {
    EXPECT_TRUE(tests.contains(found->str())) << found->str();
    ++named;
  }
  EXPECT_GT(named, 30U);
}

}  // namespace
}  // namespace gateless
