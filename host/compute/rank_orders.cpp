#include "host/compute/rank_orders.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace gateless::compute {
namespace {

[[noreturn]] void fail(const RankEnding& ending, std::size_t rank) {
  const std::string message =
      rank == 0 ? ending.message : fmt::format("rank {}: {}", rank, ending.message);
  if (ending.status == ExitStatus::kBug) throw std::runtime_error(message);
  throw UserError(ending.status, message);
}

}  // namespace

RankShare share_of(std::size_t rank, std::size_t ranks, std::size_t events) {
  const std::size_t first = events / ranks * rank + std::min(rank, events % ranks);
  return {first, events / ranks + (rank < events % ranks ? 1 : 0)};
}

bool settle(Ranks& ranks, const RankEnding& own) {
  std::vector<std::int64_t> statuses(ranks.count());
  statuses[ranks.rank()] = static_cast<std::int64_t>(own.status);
  ranks.sum(statuses);
  broadcast(ranks, std::span(statuses));
  const auto failed =
      std::find_if(statuses.begin(), statuses.end(), [](auto status) { return status != 0; });
  if (failed == statuses.end()) return true;
  const auto rank = static_cast<std::size_t>(failed - statuses.begin());
  if (ranks.rank() == rank && rank != 0) {
    std::uint64_t length = own.message.size();
    ranks.send(0, std::as_bytes(std::span(&length, 1)));
    ranks.send(0, std::as_bytes(std::span(own.message)));
  }
  if (ranks.rank() != 0) return false;
  if (rank == 0) fail(own, 0);
  std::uint64_t length = 0;
  ranks.receive(rank, std::as_writable_bytes(std::span(&length, 1)));
  RankEnding theirs{static_cast<ExitStatus>(*failed), std::string(length, ' ')};
  ranks.receive(rank, std::as_writable_bytes(std::span(theirs.message)));
  fail(theirs, rank);
}

NodeSums sum_over_ranks(Ranks& ranks, NodeSums own) {
  ranks.sum(own.sums.values());
  std::vector<std::int64_t> counts(own.counts.begin(), own.counts.end());
  ranks.sum(counts);
  std::copy(counts.begin(), counts.end(), own.counts.begin());
  return own;
}

NodeSquares sum_over_ranks(Ranks& ranks, NodeSquares own) {
  ranks.sum(own.sums.values());
  ranks.sum(own.squares.values());
  return own;
}

MarkerProducts sum_over_ranks(Ranks& ranks, MarkerProducts own) {
  ranks.sum(own.sums);
  ranks.sum(own.products.values());
  return own;
}

}  // namespace gateless::compute
