// One finished piece of a run as a file: blocks of bytes, each with its checksum, so that nothing of a file that was cut,
// damaged or is another run's is taken for what was kept.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "host/core/pieces.hpp"

namespace gateless::io {

/// What a file of a piece begins with.
struct PieceHead {
  std::string fingerprint;  ///< of the run's inputs and settings
  std::string name;

  friend bool operator==(const PieceHead&, const PieceHead&) = default;
};

/// Before each block of bytes; a block of none is the end.
struct BlockHead {
  std::uint64_t bytes = 0;
  std::uint64_t sum = 0;  ///< checksum of all blocks to the end of this one
};

/// A piece could not be written.
class NoRoomForPiece {};

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

/// Writes `<path>.part` and gives it its name with commit(). It is not forced onto the disk: a killed process loses nothing
/// that it has written, and what a power failure loses is found by the checksums.
class PieceFileWriter final : public PieceWriter {
 public:
  /// Errors: NoRoomForPiece.
  PieceFileWriter(std::string path, const PieceHead& head);
  ~PieceFileWriter() override;

  void write(std::span<const std::byte> bytes) override;
  void commit();

 private:
  void write_waiting();
  void write_block(std::span<const std::byte> bytes);

  std::string path_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::vector<std::byte> waiting_;
  std::uint64_t sum_ = 0;  ///< of all blocks so far
};

class PieceFileReader final : public PieceReader {
 public:
  /// Errors: DamagedPiece where there is no such file, or it does not begin with a head.
  explicit PieceFileReader(const std::string& path);

  [[nodiscard]] const PieceHead& head() const noexcept { return head_; }
  void read(std::span<std::byte> bytes) override;
  [[nodiscard]] std::uint64_t left() const override { return left_ + block_.size() - used_; }
  /// Errors: DamagedPiece where more follows, or the end is missing.
  void expect_end();

 private:
  [[nodiscard]] BlockHead next_head();
  void read_block(const BlockHead& head, std::span<std::byte> bytes);
  void hold_block(const BlockHead& head);

  std::unique_ptr<std::FILE, CloseFile> file_;
  std::vector<std::byte> block_;  ///< read, and given as far as `used_`
  std::size_t used_ = 0;
  std::uint64_t left_ = 0;  ///< bytes of the file that are not read yet
  std::uint64_t sum_ = 0;
  PieceHead head_;
};

}  // namespace gateless::io
