// Numbers and lists as they stand in the sentences of the report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gateless::report {

/// More names than this hide the sentence.
inline constexpr std::size_t kPatientsNamed = 12;

/// A true minus sign, so that a change reads as one.
[[nodiscard]] std::string with_minus(std::string number);
/// A fraction, 0.1234 -> "12.3 %".
[[nodiscard]] std::string percent_text(double fraction);
/// A difference of fractions in percentage points, with its sign.
[[nodiscard]] std::string points_text(double difference);
/// A relative change in percent, with its sign and without the unit.
[[nodiscard]] std::string relative_text(double change);
/// An end of its interval: one that is not zero never reads as zero, so that text and interval say the same.
[[nodiscard]] std::string bound_text(double change);
/// "p = 0.031", "q < 0.001".
[[nodiscard]] std::string probability_text(const char* symbol, double value);
/// At most three digits, as a score is read: 14, 2.5.
[[nodiscard]] std::string score_text(double score);
/// Full paths by their file's name: "/data/a b/c.fcs: odd" -> "c.fcs: odd". Others stay as they are.
[[nodiscard]] std::string without_folders(const std::string& text);
/// "a, b, c".
[[nodiscard]] std::string joined(const std::vector<std::string>& words);
/// 1234567 -> "1,234,567".
[[nodiscard]] std::string counted_events(std::uint64_t number);
/// "1 patient", "3 patients".
[[nodiscard]] std::string counted(std::size_t number, const std::string& noun);

}  // namespace gateless::report
