#include "host/report/sentences.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace gateless::report {

std::string with_minus(std::string number) {
  if (!number.empty() && number.front() == '-') number.replace(0, 1, "\u2212");
  return number;
}

std::string percent_text(double fraction) {
  const double percent = 100.0 * fraction;
  const double size = std::abs(percent);
  if (size == 0.0) return "0\u00A0%";
  if (size >= 10.0) return with_minus(fmt::format("{:.1f}\u00A0%", percent));
  if (size >= 0.01) return with_minus(fmt::format("{:.2g}\u00A0%", percent));
  return percent > 0.0 ? "<\u00A00.01\u00A0%" : ">\u00A0\u22120.01\u00A0%";
}

std::string points_text(double difference) {
  const double value = 100.0 * difference;
  if (value == 0.0) return "0";
  return with_minus(std::abs(value) >= 10.0 ? fmt::format("{:+.1f}", value)
                                            : fmt::format("{:+.2g}", value));
}

std::string relative_text(double change) {
  const std::string text = fmt::format("{:+.0f}", 100.0 * change);
  return text == "+0" || text == "-0" ? "0" : with_minus(text);
}

std::string bound_text(double change) {
  const double percent = 100.0 * change, size = std::abs(percent);
  if (size == 0.0) return "0";
  if (size < 0.005) return percent > 0.0 ? "just\u00A0above\u00A00" : "just\u00A0below\u00A00";
  const int decimals = size >= 0.5 ? 0 : size >= 0.05 ? 1 : 2;
  return with_minus(fmt::format("{:+.{}f}", percent, decimals));
}

std::string probability_text(const char* symbol, double value) {
  constexpr double kHalfUp = 1.0 + 1e-9;  // 0.0625 reads 0.063, as in the tables of the page
  return value < 0.001 ? fmt::format("{}\u00A0<\u00A00.001", symbol)
                       : fmt::format("{}\u00A0=\u00A0{:.2g}", symbol, value * kHalfUp);
}

std::string score_text(double score) { return with_minus(fmt::format("{:.3g}", score)); }

std::string without_folders(const std::string& text) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const bool starts_word =
        at == 0 || text[at - 1] == ' ' || text[at - 1] == '\'' || text[at - 1] == '(';
    if (text[at] == '/' && starts_word) {  // a path ends where the list or the sentence goes on
      const std::size_t end = std::min(text.find(", ", at), text.find(": ", at));
      const std::size_t name = text.rfind('/', end == std::string::npos ? end : end - 1);
      at = name + 1;
    } else {
      result += text[at++];
    }
  }
  return result;
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string counted_events(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string counted(std::size_t number, const std::string& noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

}  // namespace gateless::report
