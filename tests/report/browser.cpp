#include "tests/report/browser.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "host/report/report.hpp"

namespace gateless::report {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

fs::path folder_of(const std::string& name) {
  const fs::path folder = fs::path(testing::TempDir()) / ("gateless_report_" + name);
  fs::create_directories(folder);
  return folder;
}

/// The text between two others; empty where they are not there.
std::string between(const std::string& text, const std::string& first, const std::string& last) {
  const std::size_t from = text.find(first);
  if (from == text.npos) return "";
  const std::size_t to = text.find(last, from);
  return text.substr(from + first.size(), to - from - first.size());
}

std::string chromium(const fs::path& folder) {
  return "timeout 120 /usr/bin/chromium --headless --no-sandbox --disable-gpu --disable-quic "
         "--no-first-run --disable-background-networking --disable-component-update "
         "--disable-sync --enable-logging=stderr --virtual-time-budget=60000 --user-data-dir='" +
         (folder / "profile").string() + "' ";
}

}  // namespace

bool has_chromium() { return fs::exists("/usr/bin/chromium"); }

std::size_t occurrences(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
  return found;
}

Opened opened(const std::string& name, const Results& results, const std::string& address,
              const std::string& script, Drawn drawn) {
  const fs::path folder = folder_of(name);
  const fs::path page = folder / "report.html";
  std::string html = render_report(results);
  if (!script.empty()) {
    const std::string probe = std::string("<script>(async () => {") +
                              (drawn == Drawn::kAtOnce ? "drawAll();" : "") + script +
                              "})().catch((error) => `failed: ${error.stack}`).then((found) => {"
                              "const place = document.createElement('pre'); place.id = 'probe';"
                              "place.textContent = btoa(unescape(encodeURIComponent("
                              "JSON.stringify(found)))); document.body.append(place); });</script>";
    html.insert(html.rfind("</body>"), probe);
  }
  std::ofstream(page, std::ios::binary) << html;
  const std::string command = chromium(folder) + "--dump-dom 'file://" + page.string() + address +
                              "' > '" + (folder / "page.txt").string() + "' 2> '" +
                              (folder / "console.txt").string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  fs::remove_all(folder / "profile");
  Opened result{text_of(folder / "page.txt"), "", ""};
  result.probe = between(result.page, "<pre id=\"probe\">", "</pre>");
  std::istringstream lines(text_of(folder / "console.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.find("CONSOLE") != line.npos) result.console += line + '\n';
  }
  return result;
}

std::string printed(const std::string& name, const Results& results) {
  const fs::path folder = folder_of(name);
  const fs::path page = folder / "report.html";
  const fs::path pdf = folder / "report.pdf";
  std::ofstream(page, std::ios::binary) << render_report(results);
  const std::string command = chromium(folder) + "--no-pdf-header-footer --print-to-pdf='" +
                              pdf.string() + "' 'file://" + page.string() + "' 2> /dev/null";
  const bool is_done = std::system(command.c_str()) == 0 && fs::exists(pdf);
  fs::remove_all(folder / "profile");
  return is_done ? pdf.string() : "";
}

std::string decoded(const std::string& base64) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  static const std::string kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (const char letter : base64) {
    const std::size_t value = kLetters.find(letter);
    if (value == kLetters.npos) break;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    text += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xffU);
  }
  return text;
}

nlohmann::json probe(const std::string& name, const Results& results, const std::string& script,
                     const std::string& address, Drawn drawn) {
  // The browser's virtual clock can run out while another of its processes still decodes a picture: then once more.
  constexpr int kTries = 3;
  Opened report = opened(name, results, address, script, drawn);
  for (int tries = 1; report.probe.empty() && tries < kTries; ++tries)
    report = opened(name, results, address, script, drawn);
  EXPECT_EQ(report.console, "");
  const std::string text = decoded(report.probe);
  EXPECT_FALSE(text.empty()) << "the script did not end";
  const nlohmann::json found = text.empty() ? nlohmann::json() : nlohmann::json::parse(text);
  EXPECT_FALSE(found.is_string()) << found;
  return found;
}

}  // namespace gateless::report
