// A piece of a run comes back as it was kept, or not at all.
#include "io/piece_file.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "host/core/piece_values.hpp"
#include "tests/temporary_folder.hpp"

namespace gateless::io {
namespace {

const PieceHead kHead{"fingerprint", "panel 1 map"};

/// More than one block.
std::vector<std::uint32_t> many_numbers() {
  std::vector<std::uint32_t> numbers(700'000);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::uint32_t>(i * i);
  return numbers;
}

class PieceFile : public testing::Test {
 protected:
  PieceFile() {
    PieceFileWriter file(path_, kHead);
    put(file, std::string("text"));
    put(file, many_numbers());
    file.commit();
    std::ifstream whole(path_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(whole), {});
  }
  void leave(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }
  /// Whether it comes back as it was kept. Errors: DamagedPiece.
  [[nodiscard]] bool is_whole() const {
    PieceFileReader file(path_);
    std::string text;
    std::vector<std::uint32_t> numbers;
    get(file, text);
    get(file, numbers);
    file.expect_end();
    return file.head() == kHead && text == "text" && numbers == many_numbers();
  }

  TemporaryFolder scratch_;
  std::string path_ = scratch_ / "piece";
  std::string bytes_;
};

TEST_F(PieceFile, ComesBack) {
  EXPECT_TRUE(is_whole());
  EXPECT_FALSE(std::filesystem::exists(path_ + ".part"));
}

TEST_F(PieceFile, IsRefusedWhereItWasCut) {
  for (std::size_t tenth = 0; tenth < 10; ++tenth) {
    leave(bytes_.substr(0, bytes_.size() * tenth / 10));
    EXPECT_THROW((void)is_whole(), DamagedPiece) << tenth;
  }
  leave(bytes_.substr(0, bytes_.size() - 1));
  EXPECT_THROW((void)is_whole(), DamagedPiece);
  leave(bytes_ + "more");
  EXPECT_THROW((void)is_whole(), DamagedPiece);
}

TEST_F(PieceFile, IsRefusedWhereOneBitChanged) {
  for (std::size_t place = 0; place < bytes_.size(); place += bytes_.size() / 97) {
    std::string changed = bytes_;
    changed[place] = static_cast<char>(changed[place] ^ 4);
    leave(changed);
    EXPECT_THROW((void)is_whole(), DamagedPiece) << "byte " << place;
  }
}

TEST_F(PieceFile, IsRefusedWhereBlocksChangedPlaces) {
  constexpr std::size_t kBlock = (std::size_t{1} << 20U) + 16;
  std::uint64_t before = 0;  // bytes of the first block: of what comes before the many numbers
  std::memcpy(&before, bytes_.data(), sizeof before);
  const std::string rest = bytes_.substr(16 + before);
  leave(bytes_.substr(0, 16 + before) + rest.substr(kBlock, kBlock) + rest.substr(0, kBlock) +
        rest.substr(2 * kBlock));
  EXPECT_THROW((void)is_whole(), DamagedPiece);
}

TEST_F(PieceFile, LeavesNothingUnlessItIsWhole) {
  const std::string other = scratch_ / "other";
  {
    PieceFileWriter file(other, kHead);
    put(file, many_numbers());
  }
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_FALSE(std::filesystem::exists(other + ".part"));
  EXPECT_THROW(PieceFileWriter(scratch_ / "no/such/folder", kHead), NoRoomForPiece);
  EXPECT_THROW(PieceFileReader{other}, DamagedPiece);
}

}  // namespace
}  // namespace gateless::io
