#include "host/stages/ranked_reading.hpp"

#include <memory>

#include "host/compute/rank_orders.hpp"
#include "host/stages/ingest_fields.hpp"

namespace gateless {
namespace {

constexpr const char* kTask = "read";

/// All that a file's cleaning depends on; a model's markers and transforms come later.
template <class Options>
auto asked_of(Options& options) {
  return std::tie(options.transform, options.compensate, options.clean, options.marker_overrides);
}

/// The part of one rank: its samples, read.
RankItems read_own(PieceReader& request, const Ranks& ranks, Backend& backend, std::size_t threads,
                   const ReadSample& read) {
  std::vector<Sample> samples;
  Knowledge knowledge;
  IngestOptions options;
  get(request, samples);
  get(request, knowledge);
  std::apply([&](auto&... asked) { (get(request, asked), ...); }, asked_of(options));
  options.threads = threads;
  const RankShare share = share_of(ranks.rank(), ranks.count(), samples.size());
  auto files = std::make_shared<std::vector<Ingested>>(samples.size());
  read_files(samples, share.first, share.count, read, knowledge, options, backend, *files, [] {});
  return {.count = share.count, .write = [files, share](std::size_t item, PieceWriter& to) {
            put(to, (*files)[share.first + item]);
            (*files)[share.first + item] = {};
          }};
}

}  // namespace

void RankedReaders::read(const std::vector<Sample>& samples, const Knowledge& knowledge,
                         const IngestOptions& options, const ReadOwn& own,
                         std::vector<Ingested>& files) {
  const RankShare share = share_of(0, ranks_.count(), samples.size());
  if (ranks_.count() == 1) return own(share.first, share.count);
  std::size_t next = share.count;
  work_together(
      ranks_, kTask,
      [&](PieceWriter& to) {
        put(to, samples);
        put(to, knowledge);
        std::apply([&](const auto&... asked) { (put(to, asked), ...); }, asked_of(options));
      },
      [&] { own(share.first, share.count); },
      [&](std::size_t /*rank*/, PieceReader& from) { get(from, files[next++]); });
}

RankWorkers reading_workers(ReadSample read) {
  return {{kTask, [read = std::move(read)](PieceReader& request, const Ranks& ranks,
                                           Backend& backend, std::size_t threads) {
             return read_own(request, ranks, backend, threads, read);
           }}};
}

}  // namespace gateless
