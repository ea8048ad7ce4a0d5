#include "host/report/report.hpp"

#include <stdexcept>
#include <string_view>

#include "host/report/page_files.hpp"
#include "host/report/page_json.hpp"

namespace gateless::report {
namespace {

std::string escaped_html(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += letter;
    }
  }
  return result;
}

std::string_view page_file(std::string_view name) {
  for (const PageFile& file : page_files()) {
    if (file.name == name) return file.text;
  }
  throw std::logic_error("the report page has no part named " + std::string(name));
}

std::string part(std::string_view name, const Results& results) {
  if (name == "title") return escaped_html(results.study.empty() ? "gateless" : results.study);
  if (name == "results") return page_json(results);
  return std::string(page_file(name));
}

}  // namespace

std::string render_report(const Results& results) {
  // One walk: what a part brings in is never searched for further {{parts}}.
  const std::string_view page = page_file("page.html");
  std::string html;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = page.find("{{", at);
    const std::size_t close = open == page.npos ? page.npos : page.find("}}", open);
    html += page.substr(at, open == page.npos ? page.npos : open - at);
    if (close == page.npos) return html;
    html += part(page.substr(open + 2, close - open - 2), results);
    at = close + 2;
  }
}

}  // namespace gateless::report
