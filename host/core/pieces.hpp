// What a run has finished, piece by piece, so that the next one can go on where this one was interrupted. Stages say what
// their pieces are; where they lie, and whether any are kept at all, is the application's affair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace gateless {

/// Takes the bytes of one piece.
class PieceWriter {
 public:
  PieceWriter() = default;
  PieceWriter(const PieceWriter&) = delete;
  PieceWriter& operator=(const PieceWriter&) = delete;
  virtual ~PieceWriter() = default;
  virtual void write(std::span<const std::byte> bytes) = 0;
};

/// Gives the bytes of one piece. Errors: DamagedPiece, after which what was given last is nothing to go by.
class PieceReader {
 public:
  PieceReader() = default;
  PieceReader(const PieceReader&) = delete;
  PieceReader& operator=(const PieceReader&) = delete;
  virtual ~PieceReader() = default;
  virtual void read(std::span<std::byte> bytes) = 0;
  /// No more than these are left: a length is compared with it before room is made.
  [[nodiscard]] virtual std::uint64_t left() const = 0;
};

/// A piece is not what was kept.
class DamagedPiece {};

/// Pieces by name. This one keeps nothing.
class Pieces {
 public:
  Pieces() = default;
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;
  virtual ~Pieces() = default;

  /// Reads a piece of an interrupted run of the same inputs. False where there is none, or it is damaged: then it was not
  /// read to its end.
  virtual bool take(const std::string& /*name*/,
                    const std::function<void(PieceReader&)>& /*read*/) {
    return false;
  }
  /// Keeps a piece for the next run. Never fails: where there is no room, nothing is kept.
  virtual void keep(const std::string& /*name*/,
                    const std::function<void(PieceWriter&)>& /*write*/) {}
};

/// Those of all pieces whose names begin with a word, by the rest of their names.
class NamedPieces final : public Pieces {
 public:
  NamedPieces(Pieces& all, std::string prefix) : all_(all), prefix_(std::move(prefix)) {}

  bool take(const std::string& name, const std::function<void(PieceReader&)>& read) override {
    return all_.take(prefix_ + name, read);
  }
  void keep(const std::string& name, const std::function<void(PieceWriter&)>& write) override {
    all_.keep(prefix_ + name, write);
  }

 private:
  Pieces& all_;
  std::string prefix_;
};

}  // namespace gateless
