// What ranks say to each other: the orders of rank 0, how each rank's part of a step ended, and the sum of what all found.
#pragma once

#include <array>
#include <cstdint>
#include <new>
#include <span>
#include <string>

#include "host/compute/backend.hpp"
#include "host/compute/ranks.hpp"
#include "host/core/error.hpp"

namespace gateless::compute {

enum class RankStep : std::uint64_t {
  kOpen,
  kLoad,
  kPass,
  kAssign,
  kSquares,
  kProducts,
  kWork,
  kDrop,
  kLeave
};

/// What rank 0 tells all ranks to do next; the words that a step does not need are 0.
struct RankOrder {
  RankStep step{};
  std::uint64_t loaded = 0;  ///< which of the loaded events
  std::uint64_t events = 0;  ///< of all ranks; of kWork the bytes of the request
  std::uint64_t markers = 0;
  std::uint64_t nodes = 0;
  std::uint64_t pool = 0;  ///< of kLoad: which of the pools that the ranks hold; 0: events are sent
  std::uint64_t first_row = 0;  ///< of that pool
};

/// BackendOptions on the way to another rank; the devices follow.
struct RankOpening {
  std::array<char, 16> name{};
  std::uint64_t threads = 0;
  std::uint64_t tile_events = 0;
  double memory_gib = 0.0;
  std::uint64_t devices = 0;
};

/// Events [first, first + count) of a pool: the equal part of one rank.
struct RankShare {
  std::size_t first = 0;
  std::size_t count = 0;
};

[[nodiscard]] RankShare share_of(std::size_t rank, std::size_t ranks, std::size_t events);

template <class Value>
void broadcast(Ranks& ranks, std::span<Value> values) {
  ranks.broadcast(std::as_writable_bytes(values));
}
template <class Value>
void broadcast_value(Ranks& ranks, Value& value) {
  broadcast(ranks, std::span<Value>(&value, 1));
}

/// How a rank's part of a step ended.
struct RankEnding {
  ExitStatus status = ExitStatus::kDone;
  std::string message;
};

/// Runs a rank's own part; a failure is kept, because the other ranks wait for this one's word.
template <class Work>
RankEnding attempt(const Work& work) {
  try {
    work();
    return {};
  } catch (const UserError& error) {
    return {error.status(), error.what()};
  } catch (const std::bad_alloc&) {
    return {ExitStatus::kDevice,
            "out of memory (its share of the events is held in memory); use more machines or fewer "
            "files"};
  } catch (const std::exception& error) {
    return {ExitStatus::kBug, error.what()};
  }
}

/// Ends a step: true when every rank did its part. Otherwise false, and in rank 0 the failure of the lowest rank.
bool settle(Ranks& ranks, const RankEnding& own);

/// In rank 0 what all ranks found; in the others what they found themselves.
[[nodiscard]] NodeSums sum_over_ranks(Ranks& ranks, NodeSums own);
[[nodiscard]] NodeSquares sum_over_ranks(Ranks& ranks, NodeSquares own);
[[nodiscard]] MarkerProducts sum_over_ranks(Ranks& ranks, MarkerProducts own);

}  // namespace gateless::compute
