#include "host/stages/ranked_reading.hpp"

#include <algorithm>
#include <memory>

#include "host/compute/rank_orders.hpp"
#include "host/core/layers.hpp"
#include "host/core/piece_values.hpp"
#include "host/core/transform_curve.hpp"
#include "host/stages/panel_events.hpp"

namespace gateless::stages {
namespace {

constexpr const char* kRead = "read";
constexpr const char* kHold = "hold";

/// All that a file's cleaning depends on; a model's markers and transforms come later.
template <class Options>
auto asked_of(Options& options) {
  return std::tie(options.transform, options.compensate, options.clean, options.marker_overrides);
}

/// Samples of one rank: sent to the first, then pooled here as there.
class OwnSamples {
 public:
  explicit OwnSamples(ReadSample read) : read_(std::move(read)) {}

  RankItems read(PieceReader& request, const RankSelf& self) {
    std::vector<Sample> samples;
    Knowledge knowledge;
    IngestOptions options;
    get(request, samples);
    get(request, knowledge);
    std::apply([&](auto&... asked) { (get(request, asked), ...); }, asked_of(options));
    options.threads = self.threads;
    share_ = share_of(self.ranks.rank(), self.ranks.count(), samples.size());
    files_.clear();
    files_.resize(samples.size());
    read_files(samples, share_.first, share_.count, read_, knowledge, options, files_, [] {});
    return {.count = share_.count, .write = [this](std::size_t item, PieceWriter& to) {
              Ingested& file = files_[share_.first + item];
              put(to, file);
              file.prepared.reasons = {};
              file.prepared.event_index = {};
            }};
  }

  /// Own events of one panel, as pool_panel() and transform_panel() make them. Their columns go.
  RankItems hold(PieceReader& request, const RankSelf& self) {
    std::uint64_t pool = 0;
    std::vector<std::size_t> members;
    std::vector<std::string> markers;
    std::vector<Transform> transforms;
    get(request, pool);
    get(request, members);
    get(request, markers);
    get(request, transforms);
    std::erase_if(members, [&](std::size_t sample) {
      return sample < share_.first || sample >= share_.first + share_.count;
    });
    HeldEvents held = pooled(members, markers);
    Columns columns;
    for (std::size_t marker = 0; marker < markers.size(); ++marker)
      columns.push_back(std::span(held.values).subspan(marker * held.events, held.events));
    const std::vector<TransformCurve> curves(transforms.begin(), transforms.end());
    transform_columns(columns, curves, self.threads);
    self.pools[pool] = std::move(held);
    return {};
  }

 private:
  HeldEvents pooled(const std::vector<std::size_t>& members,
                    const std::vector<std::string>& markers) {
    HeldEvents held;
    for (const std::size_t sample : members) held.events += files_[sample].prepared.kept;
    held.values.resize(markers.size() * held.events);
    std::size_t first = 0;
    for (const std::size_t sample : members) {
      const PreparedSample& prepared = files_[sample].prepared;
      for (std::size_t marker = 0; marker < markers.size(); ++marker) {
        const std::vector<float>& column = column_of(prepared, markers[marker]);
        std::copy(column.begin(), column.end(),
                  held.values.begin() + static_cast<std::ptrdiff_t>(marker * held.events + first));
      }
      first += prepared.kept;
      files_[sample] = {};
    }
    return held;
  }
  static const std::vector<float>& column_of(const PreparedSample& prepared,
                                             const std::string& marker) {
    const auto found = std::find(prepared.markers.begin(), prepared.markers.end(), marker);
    return prepared.columns.at(static_cast<std::size_t>(found - prepared.markers.begin()));
  }

  ReadSample read_;
  RankShare share_;              ///< of the samples
  std::vector<Ingested> files_;  ///< [samples], those of other ranks are empty
};

}  // namespace

void RankedReaders::read(const std::vector<Sample>& samples, const Knowledge& knowledge,
                         const IngestOptions& options, const ReadOwn& own,
                         std::vector<Ingested>& files) {
  samples_ = samples.size();
  const RankShare share = share_of(0, ranks_.count(), samples.size());
  if (ranks_.count() == 1) return own(share.first, share.count);
  std::size_t next = share.count;
  work_together(
      ranks_, kRead,
      [&](PieceWriter& to) {
        put(to, samples);
        put(to, knowledge);
        std::apply([&](const auto&... asked) { (put(to, asked), ...); }, asked_of(options));
      },
      [&] { own(share.first, share.count); },
      [&](std::size_t /*rank*/, PieceReader& from) { get(from, files[next++]); });
}

void RankedReaders::hold(const PanelEvents& panel, Backend& backend) {
  if (ranks_.count() == 1) return;
  std::vector<std::size_t> members;
  for (const PooledSample& sample : panel.samples) members.push_back(sample.sample);
  if (!std::is_sorted(members.begin(), members.end())) return;  // the pool is not rank by rank
  ++pools_;
  work_together(
      ranks_, kHold,
      [&](PieceWriter& to) {
        put(to, pools_);
        put(to, members);
        put(to, panel.markers);
        put(to, panel.transforms);
      },
      [] {}, [](std::size_t, PieceReader&) {});
  std::vector<std::size_t> ends;
  std::size_t position = 0;
  std::size_t events = 0;
  for (std::size_t rank = 0; rank < ranks_.count(); ++rank) {
    const RankShare share = share_of(rank, ranks_.count(), samples_);
    for (; position < members.size() && members[position] < share.first + share.count; ++position)
      events += panel.store.ranges()[position].count;
    ends.push_back(events);
  }
  backend.hold(pools_, panel.store.view(), ends);
}

RankWorkers reading_workers(ReadSample read) {
  const auto own = std::make_shared<OwnSamples>(std::move(read));
  return {{kRead,
           [own](PieceReader& request, const RankSelf& self) { return own->read(request, self); }},
          {kHold,
           [own](PieceReader& request, const RankSelf& self) { return own->hold(request, self); }}};
}

}  // namespace gateless::stages
