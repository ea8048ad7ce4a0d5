// Ranks over MPI. A failure of MPI itself ends all ranks (its default); failures of the program never get here.
#include <fmt/core.h>
#include <mpi.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "host/compute/ranks.hpp"

namespace gateless::compute {
namespace {

constexpr std::size_t kMessageBytes = std::size_t{1} << 30U;  // MPI counts in int

/// MPI waits by spinning, which takes a core from the rank that has work: soon this looks only now and then.
void wait_for(MPI_Request request) {
  using std::chrono::steady_clock;
  constexpr auto kSpin = std::chrono::milliseconds(2);
  constexpr auto kNap = std::chrono::microseconds(200);
  const auto start = steady_clock::now();
  int is_done = 0;
  while (true) {
    MPI_Test(&request, &is_done, MPI_STATUS_IGNORE);
    if (is_done != 0) return;
    if (steady_clock::now() - start < kSpin) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(kNap);
    }
  }
}

/// Calls `part` with pieces that MPI can count.
template <class Byte, class Part>
void in_pieces(std::span<Byte> bytes, const Part& part) {
  for (std::size_t first = 0; first < bytes.size(); first += kMessageBytes) {
    part(bytes.data() + first, static_cast<int>(std::min(kMessageBytes, bytes.size() - first)));
  }
}

class MpiRanks final : public Ranks {
 public:
  MpiRanks(int& argc, char**& argv) {
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_size(MPI_COMM_WORLD, &count_);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm here = MPI_COMM_NULL;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &count_here_);
    MPI_Comm_rank(here, &rank_here_);
    MPI_Comm_free(&here);
  }
  ~MpiRanks() override { MPI_Finalize(); }
  MpiRanks(const MpiRanks&) = delete;
  MpiRanks& operator=(const MpiRanks&) = delete;

  [[nodiscard]] std::size_t count() const override { return static_cast<std::size_t>(count_); }
  [[nodiscard]] std::size_t rank() const override { return static_cast<std::size_t>(rank_); }
  [[nodiscard]] std::size_t count_here() const override {
    return static_cast<std::size_t>(count_here_);
  }
  [[nodiscard]] std::size_t rank_here() const override {
    return static_cast<std::size_t>(rank_here_);
  }

  void broadcast(std::span<std::byte> bytes) override {
    in_pieces(bytes, [](std::byte* piece, int size) {
      MPI_Request request = MPI_REQUEST_NULL;
      MPI_Ibcast(piece, size, MPI_BYTE, 0, MPI_COMM_WORLD, &request);
      wait_for(request);
    });
  }
  void sum(std::span<std::int64_t> values) override {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ireduce(rank_ == 0 ? MPI_IN_PLACE : values.data(), values.data(),
                static_cast<int>(values.size()), MPI_INT64_T, MPI_SUM, 0, MPI_COMM_WORLD, &request);
    wait_for(request);
  }
  void send(std::size_t to, std::span<const std::byte> bytes) override {
    in_pieces(bytes, [to](const std::byte* piece, int size) {
      MPI_Request request = MPI_REQUEST_NULL;
      MPI_Isend(piece, size, MPI_BYTE, static_cast<int>(to), 0, MPI_COMM_WORLD, &request);
      wait_for(request);
    });
  }
  void receive(std::size_t from, std::span<std::byte> bytes) override {
    in_pieces(bytes, [from](std::byte* piece, int size) {
      MPI_Request request = MPI_REQUEST_NULL;
      MPI_Irecv(piece, size, MPI_BYTE, static_cast<int>(from), 0, MPI_COMM_WORLD, &request);
      wait_for(request);
    });
  }

 private:
  int count_ = 1;
  int rank_ = 0;
  int count_here_ = 1;
  int rank_here_ = 0;
};

/// Whether a starter of ranks made this process (Open MPI, PMIx, MPICH and Intel MPI, Slurm's PMI): without one,
/// MPI is not even initialised, which takes time and a working network.
bool is_started_as_rank() {
  constexpr std::array kSigns{"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"};
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [](const char* sign) { return std::getenv(sign) != nullptr; });
}

}  // namespace

std::unique_ptr<Ranks> join_ranks(int& argc, char**& argv) {
  if (!is_started_as_rank()) return std::make_unique<OneRank>();
  return std::make_unique<MpiRanks>(argc, argv);
}

std::string mpi_of_build() {
  int version = 0;
  int subversion = 0;
  MPI_Get_version(&version, &subversion);
  return fmt::format("MPI {}.{}", version, subversion);
}

}  // namespace gateless::compute
