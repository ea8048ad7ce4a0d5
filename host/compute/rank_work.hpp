// Work that ranks share besides passes: each does some items of one task and sends what it made to rank 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/compute/backend.hpp"
#include "host/compute/ranks.hpp"
#include "host/core/pieces.hpp"

namespace gateless::compute {

/// What one rank has made of a task. Items are written one after the other, because together they may be large.
struct RankItems {
  std::size_t count = 0;
  std::function<void(std::size_t item, PieceWriter& to)> write;
};

/// A rank's own events of one pool: [markers][events], transformed.
struct HeldEvents {
  std::vector<float> values;
  std::size_t events = 0;
};

/// What a rank works with.
struct RankSelf {
  const Ranks& ranks;
  std::size_t threads = 1;  ///< its own
  std::map<std::uint64_t, HeldEvents>&
      pools;  ///< that passes go over, by their numbers (Backend::hold)
};

/// Does the part of one rank. A failure is told by rank 0.
using RankWorker = std::function<RankItems(PieceReader& request, const RankSelf& self)>;
/// By the name of the task.
using RankWorkers = std::map<std::string, RankWorker>;

/// Rank 0: has all ranks work on a request while it does its `own` part, then takes what the others have made, rank by rank
/// and item by item. Errors: what a rank, `own` or `take` has thrown; the ranks are ready for another order then.
void work_together(Ranks& ranks, const std::string& task,
                   const std::function<void(PieceWriter&)>& request,
                   const std::function<void()>& own,
                   const std::function<void(std::size_t rank, PieceReader&)>& take);

/// Another rank: its part of the order that rank 0 has just given, of a request of so many bytes.
void work_for_first(Ranks& ranks, const RankWorkers& workers, const RankSelf& self,
                    std::uint64_t request_bytes);

}  // namespace gateless::compute
