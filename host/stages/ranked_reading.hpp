// Ranks own samples: each reads and cleans its own, and sends what is kept of them to the first.
#pragma once

#include "host/compute/rank_work.hpp"
#include "host/stages/ingest_file.hpp"

namespace gateless {

/// The readers of rank 0: an equal part of the samples is its own, the others read theirs meanwhile. With one rank, all are.
/// The backend of rank 0 must be one of the ranks (make_ranked_backend), whose backends the others compensate with.
class RankedReaders final : public Readers {
 public:
  explicit RankedReaders(Ranks& ranks) : ranks_(ranks) {}
  void read(const std::vector<Sample>& samples, const Knowledge& knowledge,
            const IngestOptions& options, const ReadOwn& own,
            std::vector<Ingested>& files) override;

 private:
  Ranks& ranks_;
};

/// What every other rank does for serve(): reads its samples with `read`.
[[nodiscard]] RankWorkers reading_workers(ReadSample read);

}  // namespace gateless
