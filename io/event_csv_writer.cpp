#include "io/event_csv_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "io/atomic_file.hpp"

namespace gateless::io {
namespace {

/// A header cell; quoted where a comma or a quote needs it. Line breaks would end the row.
std::string cell_of(const Channel& channel) {
  std::string text = channel.stain.empty() ? channel.name : channel.name + " :: " + channel.stain;
  std::replace_if(
      text.begin(), text.end(), [](char letter) { return letter == '\n' || letter == '\r'; }, ' ');
  if (text.find_first_of(",;\t\"") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) quoted.append(letter == '"' ? 2 : 1, letter);
  return quoted + '"';
}

void add_number(std::string& text, float value) {
  if (std::isnan(value)) {
    text += "nan";
    return;
  }
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  text.append(digits.data(), end);
}

}  // namespace

void write_event_csv(const std::string& path, const RawSample& sample) {
  constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;
  AtomicFile file(path);
  std::string block;
  for (const Channel& channel : sample.channels) {
    if (!block.empty()) block += ',';
    block += cell_of(channel);
  }
  block += '\n';
  for (std::size_t event = 0; event < sample.events; ++event) {
    for (std::size_t channel = 0; channel < sample.channels.size(); ++channel) {
      if (channel != 0) block += ',';
      add_number(block, sample.values[channel][event]);
    }
    block += '\n';
    if (block.size() < kBlockBytes) continue;
    file.write(block);
    block.clear();
  }
  file.write(block);
  file.commit();
}

}  // namespace gateless::io
