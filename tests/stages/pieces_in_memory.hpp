// Pieces of a run that a test may look at, and take some of.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "host/core/pieces.hpp"

namespace gateless::stages {

class PiecesInMemory final : public Pieces {
 public:
  PiecesInMemory() = default;

  /// What a run that was killed after so many pieces would leave.
  [[nodiscard]] PiecesInMemory first(std::size_t count) const {
    PiecesInMemory some;
    some.names.assign(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count));
    for (const std::string& name : some.names) some.bytes[name] = bytes.at(name);
    return some;
  }

  bool take(const std::string& name, const std::function<void(PieceReader&)>& read) override {
    const auto found = bytes.find(name);
    if (found == bytes.end()) return false;
    try {
      Reader reader(found->second);
      read(reader);
      if (reader.left() > 0) throw DamagedPiece();
      ++taken;
      return true;
    } catch (const DamagedPiece&) {
      return false;
    }
  }
  void keep(const std::string& name, const std::function<void(PieceWriter&)>& write) override {
    Writer writer;
    write(writer);
    if (!bytes.contains(name)) names.push_back(name);
    bytes[name] = writer.bytes;
    versions[name].push_back(std::move(writer.bytes));
  }

  std::vector<std::string> names;  ///< in the order in which they were kept
  std::map<std::string, std::vector<std::byte>> bytes;
  std::map<std::string, std::vector<std::vector<std::byte>>> versions;  ///< of pieces that grow
  std::size_t taken = 0;

 private:
  PiecesInMemory(PiecesInMemory&& other) noexcept
      : names(std::move(other.names)), bytes(std::move(other.bytes)) {}

  struct Writer final : PieceWriter {
    void write(std::span<const std::byte> more) override {
      bytes.insert(bytes.end(), more.begin(), more.end());
    }
    std::vector<std::byte> bytes;
  };
  class Reader final : public PieceReader {
   public:
    explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}
    void read(std::span<std::byte> wanted) override {
      if (wanted.size() > bytes_.size()) throw DamagedPiece();
      std::copy_n(bytes_.begin(), wanted.size(), wanted.begin());
      bytes_ = bytes_.subspan(wanted.size());
    }
    [[nodiscard]] std::uint64_t left() const override { return bytes_.size(); }

   private:
    std::span<const std::byte> bytes_;
  };
};

}  // namespace gateless::stages
