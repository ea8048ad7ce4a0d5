// The processes that compute together. One process, a build without MPI and many ranks have the same interface: without MPI
// there is one rank, number 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace gateless::compute {

/// What ranks say to each other. Every call is made by one thread of a rank; collective calls are made by all
/// ranks in the same order. A rank that waits leaves its core to others.
class Ranks {
 public:
  Ranks() = default;
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;
  virtual ~Ranks() = default;

  [[nodiscard]] virtual std::size_t count() const = 0;
  [[nodiscard]] virtual std::size_t rank() const = 0;        ///< 0 .. count() - 1
  [[nodiscard]] virtual std::size_t count_here() const = 0;  ///< ranks on this rank's machine
  [[nodiscard]] virtual std::size_t rank_here() const = 0;   ///< 0 .. count_here() - 1

  /// Collective: rank 0's bytes reach all.
  virtual void broadcast(std::span<std::byte> bytes) = 0;
  /// Collective: rank 0 gets the sum of all ranks' values; those of the others are left as they are.
  virtual void sum(std::span<std::int64_t> values) = 0;
  virtual void send(std::size_t to, std::span<const std::byte> bytes) = 0;
  virtual void receive(std::size_t from, std::span<std::byte> bytes) = 0;
};

/// The only process: has nobody to talk to.
class OneRank final : public Ranks {
 public:
  [[nodiscard]] std::size_t count() const override { return 1; }
  [[nodiscard]] std::size_t rank() const override { return 0; }
  [[nodiscard]] std::size_t count_here() const override { return 1; }
  [[nodiscard]] std::size_t rank_here() const override { return 0; }
  void broadcast(std::span<std::byte> /*bytes*/) override {}
  void sum(std::span<std::int64_t> /*values*/) override {}
  void send(std::size_t /*to*/, std::span<const std::byte> /*bytes*/) override {}
  void receive(std::size_t /*from*/, std::span<std::byte> /*bytes*/) override {}
};

/// The ranks that mpirun, srun or another starter made; OneRank where none did, or in a build without MPI.
[[nodiscard]] std::unique_ptr<Ranks> join_ranks(int& argc, char**& argv);

/// The MPI of this build, e.g. "MPI 3.1"; empty in a build without.
[[nodiscard]] std::string mpi_of_build();

}  // namespace gateless::compute
