#include "io/piece_file.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>

#include "host/core/piece_values.hpp"

namespace gateless::io {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;
constexpr const char* kFormat = "gateless piece 1";

/// Not against an enemy: a change of any bit, a block too few or in another place changes it.
std::uint64_t checksum(std::span<const std::byte> bytes, std::uint64_t before) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15U;
  constexpr std::size_t kLanes = 4;  // side by side, for multiplications take their time
  std::array<std::uint64_t, kLanes> lanes{before + 1, before + 2, before + 3,
                                          before ^ (bytes.size() + 4)};
  const auto mix = [](std::uint64_t& lane, std::uint64_t word) {
    lane = std::rotl((lane ^ word) * kOdd, 29);
  };
  std::size_t at = 0;
  for (; at + 8 * kLanes <= bytes.size(); at += 8 * kLanes) {
    std::array<std::uint64_t, kLanes> words{};
    std::memcpy(words.data(), bytes.data() + at, sizeof words);
    for (std::size_t lane = 0; lane < kLanes; ++lane) mix(lanes[lane], words[lane]);
  }
  for (; at < bytes.size(); ++at) mix(lanes[0], std::to_integer<std::uint64_t>(bytes[at]));
  for (std::size_t lane = 1; lane < kLanes; ++lane) mix(lanes[0], lanes[lane]);
  return lanes[0] ^ (lanes[0] >> 31U);
}

}  // namespace

PieceFileWriter::PieceFileWriter(std::string path, const PieceHead& head)
    : path_(std::move(path)), file_(std::fopen((path_ + ".part").c_str(), "wb")) {
  if (!file_) throw NoRoomForPiece();
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);
  waiting_.reserve(kBlockBytes);
  put(*this, std::string(kFormat));
  put(*this, head.fingerprint);
  put(*this, head.name);
}

PieceFileWriter::~PieceFileWriter() {
  if (!file_) return;
  file_.reset();
  std::remove((path_ + ".part").c_str());
}

void PieceFileWriter::write(std::span<const std::byte> bytes) {
  if (bytes.size() >= kBlockBytes) write_waiting();  // large ones are not copied
  for (; bytes.size() >= kBlockBytes; bytes = bytes.subspan(kBlockBytes))
    write_block(bytes.first(kBlockBytes));
  if (waiting_.size() + bytes.size() > kBlockBytes) write_waiting();
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
}

void PieceFileWriter::commit() {
  write_waiting();
  write_block({});
  if (std::fclose(file_.release()) != 0 ||
      std::rename((path_ + ".part").c_str(), path_.c_str()) != 0) {
    std::remove((path_ + ".part").c_str());
    throw NoRoomForPiece();
  }
}

void PieceFileWriter::write_waiting() {
  if (!waiting_.empty()) write_block(waiting_);
  waiting_.clear();
}

void PieceFileWriter::write_block(std::span<const std::byte> bytes) {
  sum_ = checksum(bytes, sum_);
  const BlockHead head{bytes.size(), sum_};
  if (std::fwrite(&head, sizeof head, 1, file_.get()) != 1 ||
      std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
    throw NoRoomForPiece();
}

PieceFileReader::PieceFileReader(const std::string& path) : file_(std::fopen(path.c_str(), "rb")) {
  std::error_code error;
  left_ = std::filesystem::file_size(path, error);
  if (!file_ || error) throw DamagedPiece();
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);
  std::string format;
  get(*this, format);
  if (format != kFormat) throw DamagedPiece();
  get(*this, head_.fingerprint);
  get(*this, head_.name);
}

void PieceFileReader::read(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    if (used_ == block_.size()) {
      const BlockHead head = next_head();
      if (head.bytes > 0 && head.bytes <= bytes.size()) {
        read_block(head, bytes.first(head.bytes));
        bytes = bytes.subspan(head.bytes);
        continue;
      }
      hold_block(head);
    }
    const std::size_t count = std::min(bytes.size(), block_.size() - used_);
    if (count == 0) throw DamagedPiece();  // the end
    std::memcpy(bytes.data(), block_.data() + used_, count);
    used_ += count;
    bytes = bytes.subspan(count);
  }
}

void PieceFileReader::expect_end() {
  if (used_ < block_.size()) throw DamagedPiece();
  hold_block(next_head());
  if (!block_.empty() || left_ > 0) throw DamagedPiece();
}

BlockHead PieceFileReader::next_head() {
  BlockHead head;
  if (left_ < sizeof head || std::fread(&head, sizeof head, 1, file_.get()) != 1)
    throw DamagedPiece();
  left_ -= sizeof head;
  if (head.bytes > std::min<std::uint64_t>(left_, kBlockBytes)) throw DamagedPiece();
  return head;
}

void PieceFileReader::read_block(const BlockHead& head, std::span<std::byte> bytes) {
  if (std::fread(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) throw DamagedPiece();
  left_ -= bytes.size();
  sum_ = checksum(bytes, sum_);
  if (sum_ != head.sum) throw DamagedPiece();
}

void PieceFileReader::hold_block(const BlockHead& head) {
  block_.resize(head.bytes);
  used_ = 0;
  read_block(head, block_);
}

}  // namespace gateless::io
