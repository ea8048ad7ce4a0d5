// Thousands of damaged copies of valid files: each is read or ends in an InputError, in bounded memory.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/core/error.hpp"
#include "host/core/philox.hpp"
#include "io/event_file.hpp"
#include "io/inspect.hpp"
#include "tests/io/fcs_bytes.hpp"

namespace gateless::io {
namespace {

std::vector<std::string> seeds() {
  std::string bytes(240, '\0');
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    bytes[index] = static_cast<char>(index * 37);
  }
  FcsBytes integers = list_mode("I", "4,3,2,1", {16, 24, 32, 8}, 24, bytes);
  integers.with("$P1E", "4,1").with("$P2G", "2").with("$SPILLOVER", "2,A,B,1,0.1,0.2,1");
  integers.with("$BEGINSTEXT", "58").with("$ENDSTEXT", "100");
  FcsBytes packed = list_mode("I", "1,2,3,4", {10, 12, 20}, 40, bytes.substr(0, 210));
  FcsBytes floats = list_mode("F", "3,4,1,2", {32, 32}, 30, bytes);
  FcsBytes text = list_mode("A", "1,2,3,4", {8, 8}, 3, "1 2 3 4 5 6 ");
  text.with("$P1B", "*").with("$P2B", "*");
  integers.with("$NEXTDATA", fmt::format("{}", integers.bytes().size() + 1));
  return {integers.bytes() + text.bytes(), packed.bytes(), floats.bytes(), text.bytes(),
          "Time,FSC-A,\"CD19\"\n1,2,3\n4,5e3,-6\n"};
}

/// Damages a few bytes, mostly in HEADER and TEXT, and sometimes cuts the file.
std::string damaged(std::string bytes, const Philox& random) {
  constexpr std::string_view kTelling = "0123456789/$,-*. \x7f";
  const std::uint64_t changes = 1 + random.below(4, 0);
  for (std::uint64_t change = 0; change < changes; ++change) {
    const std::uint64_t counter = 10 * (change + 1);
    const std::size_t reach = random.below(4, counter) == 0 ? bytes.size() : 600;
    const std::size_t place = random.below(std::min(reach, bytes.size()), counter + 1);
    bytes[place] = random.below(2, counter + 2) == 0
                       ? static_cast<char>(random.below(256, counter + 3))
                       : kTelling[random.below(kTelling.size(), counter + 3)];
  }
  if (random.below(5, 1) == 0) bytes.resize(random.below(bytes.size() + 1, 2));
  return bytes;
}

TEST(FcsMutation, EveryDamagedFileIsReadOrRejected) {
  const TemporaryFolder folder;
  std::size_t read = 0;
  std::size_t rejected = 0;
  std::uint64_t stream = 0;
  for (const std::string& seed : seeds()) {
    for (std::uint32_t round = 0; round < 1500; ++round) {
      const std::string bytes = damaged(seed, Philox(7, stream++));
      const std::string path = folder.file("damaged", bytes);
      bool is_read = false;
      try {
        const RawSample sample = read_event_file(path);
        is_read = true;
        // At most one bit of the file for a value.
        EXPECT_LE(sample.events * sample.channels.size(), bytes.size() * 8 + 8);
        for (const auto& channel : sample.values) EXPECT_EQ(channel.size(), sample.events);
      } catch (const InputError&) {
      }
      ++(is_read ? read : rejected);
      const FileSummary summary = inspect_file(path);
      if (is_read) {
        EXPECT_TRUE(summary.readable) << round;
      }
      EXPECT_TRUE(summary.readable || !summary.problems.empty());
    }
  }
  EXPECT_GT(read, 1000U);
  EXPECT_GT(rejected, 1000U);
}

}  // namespace
}  // namespace gateless::io
