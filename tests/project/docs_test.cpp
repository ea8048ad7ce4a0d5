// What the documents name is there: tests, messages, files and headings.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

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

/// All of the program's texts as the compiler joins them: a literal may go on in the next line.
std::string literals_of(const std::filesystem::path& root) {
  std::string all;
  for (const char* folder : {"host", "io"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() == ".cpp") all += text_of(entry.path());
    }
  }
  std::string joined;
  for (std::size_t at = 0; at < all.size(); ++at) {
    const std::size_t next = all.find_first_not_of(" \n", at + 1);
    if (all[at] == '"' && next != std::string::npos && all[next] == '"' && next > at + 1) {
      at = next;
    } else {
      joined += all[at];
    }
  }
  return joined;
}

TEST(Docs, ExplainMessagesThatExist) {
  const std::filesystem::path root = GATELESS_SOURCE_DIR;
  const std::string texts = literals_of(root);
  const std::string page = text_of(root / "docs/troubleshooting.md");
  std::istringstream lines(page);
  std::size_t messages = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string first = line.substr(2, line.find(" |", 2) - 2);
    const std::regex quoted("`([^`]+)`");
    for (std::sregex_iterator found(first.begin(), first.end(), quoted), end; found != end;
         ++found) {
      EXPECT_NE(texts.find((*found)[1].str()), std::string::npos) << (*found)[1].str();
      ++messages;
    }
  }
  EXPECT_GT(messages, 20U);
}

/// README.md, CONTRIBUTING.md ... and the pages of docs/.
std::vector<std::filesystem::path> documents_of(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> documents{root / "tests/bench/RESULTS.md"};
  for (const std::filesystem::path& folder : {root, root / "docs"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".md") documents.push_back(entry.path());
    }
  }
  return documents;
}

/// The names by which links reach the headings of a page: small letters, dashes for blanks, no other signs.
std::set<std::string> anchors_of(const std::string& page) {
  std::set<std::string> anchors;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#')) continue;
    std::string anchor;
    for (const char letter : line.substr(line.find_first_not_of("# "))) {
      const auto sign = static_cast<unsigned char>(letter);
      if (std::isalnum(sign) != 0 || letter == '-' || letter == '_') {
        anchor += static_cast<char>(std::tolower(sign));
      } else if (letter == ' ') {
        anchor += '-';
      }
    }
    anchors.insert(anchor);
  }
  return anchors;
}

TEST(Docs, LinkToFilesAndHeadingsThatExist) {
  const std::regex link("\\]\\(([^)#]*)(#([^)]*))?\\)");
  std::size_t links = 0;
  for (const std::filesystem::path& document : documents_of(GATELESS_SOURCE_DIR)) {
    const std::string page = text_of(document);
    for (std::sregex_iterator found(page.begin(), page.end(), link), end; found != end; ++found) {
      const std::string file = (*found)[1], heading = (*found)[3];
      if (file.find("://") != std::string::npos) continue;
      const std::filesystem::path target = file.empty() ? document : document.parent_path() / file;
      EXPECT_TRUE(std::filesystem::exists(target)) << document << " links to " << file;
      if (!heading.empty()) {
        EXPECT_TRUE(anchors_of(text_of(target)).contains(heading))
            << document << " links to " << found->str();
      }
      ++links;
    }
  }
  EXPECT_GT(links, 30U);
}

TEST(Docs, NameSourceFilesThatExist) {
  const std::filesystem::path root = GATELESS_SOURCE_DIR;
  const std::regex path("`((host|io|cuda|tests|scripts|docs|configs|python)/[\\w./]+)[` ]");
  std::size_t paths = 0;
  for (const std::filesystem::path& document : documents_of(root)) {
    const std::string page = text_of(document);
    for (std::sregex_iterator found(page.begin(), page.end(), path), end; found != end; ++found) {
      EXPECT_TRUE(std::filesystem::exists(root / (*found)[1].str()))
          << document << " names " << (*found)[1];
      ++paths;
    }
  }
  EXPECT_GT(paths, 40U);
}

}  // namespace
}  // namespace gateless
