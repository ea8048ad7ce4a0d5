// Ranks own samples: each reads, cleans and transforms its own, sends what is kept of them to the first, and holds it for passes.
#pragma once

#include "host/compute/rank_work.hpp"
#include "host/core/layers.hpp"
#include "host/stages/ingest_file.hpp"

namespace gateless::stages {

/// The readers of rank 0, which reads an equal part of the samples while the other ranks read theirs. One rank reads all.
/// The backend of rank 0 must come from make_ranked_backend().
class RankedReaders final : public Readers {
 public:
  explicit RankedReaders(Ranks& ranks) : ranks_(ranks) {}
  void read(const std::vector<Sample>& samples, const Knowledge& knowledge,
            const IngestOptions& options, const ReadOwn& own,
            std::vector<Ingested>& files) override;
  void hold(const PanelEvents& panel, Backend& backend) override;

 private:
  Ranks& ranks_;
  std::size_t samples_ = 0;  ///< that were read last
  std::uint64_t pools_ = 0;  ///< that are held
};

/// What every other rank does for serve(): reads its samples with `read`, and holds them. For one serve() only.
[[nodiscard]] RankWorkers reading_workers(ReadSample read);

}  // namespace gateless::stages
