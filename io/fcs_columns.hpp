// What the $Pn keywords of each channel say: its type, width, range and scale.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "io/fcs_layout.hpp"
#include "io/fcs_text.hpp"

namespace gateless::io {

/// I, F, D or A, in either case.
[[nodiscard]] std::optional<FcsValueType> value_type(const std::string& letter);

/// Reads the keywords of the channels one by one; what cannot be is collected and thrown at once.
class ColumnReader {
 public:
  explicit ColumnReader(const FcsKeywords& keywords) : keywords_(keywords) {}

  /// The place in the event is left to the caller. `number` is counted from 1; `type` is $DATATYPE.
  FcsColumn column(std::size_t number, FcsValueType type);
  /// Name, stain and range in linear units; takes the gain off Time.
  Channel channel(std::size_t number, FcsColumn& column);
  /// What makes the file unreadable; empty if nothing does.
  [[nodiscard]] const std::string& problems() const { return problems_; }
  /// Oddities; of very many, the first.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  [[nodiscard]] std::optional<std::string> value(std::size_t number, const char* suffix) const;
  void problem(const std::string& text) {
    if (problems_.size() < 500) problems_ += (problems_.empty() ? "" : "; ") + text;
  }
  void warn(const std::string& text) {
    if (warnings_.size() < kMostWarnings) warnings_.push_back(text);
    ++oddities_;
  }
  /// A kind of oddity that many channels may have: one sentence, whose {} becomes the channels.
  void odd(const char* sentence, std::size_t number);
  void read_width(std::size_t number, FcsColumn& column);
  void read_range(std::size_t number, FcsColumn& column);
  void read_scale(std::size_t number, FcsColumn& column);

  struct Kind {
    std::string sentence;
    std::size_t first = 0;  ///< number of the first channel
    std::size_t channels = 0;
  };

  static constexpr std::size_t kMostWarnings = 20;
  const FcsKeywords& keywords_;
  std::vector<std::string> warnings_;
  std::vector<Kind> kinds_;
  std::size_t oddities_ = 0;
  std::string problems_;
};

}  // namespace gateless::io
